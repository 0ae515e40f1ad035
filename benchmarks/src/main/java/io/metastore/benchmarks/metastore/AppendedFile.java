package io.metastore.benchmarks.metastore;

import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/** A file that every write appends 512 bytes to and forces; writers take turns. */
final class AppendedFile implements Cluster {

    private static final int WRITE_BYTES = 512;

    private final FileChannel channel;

    AppendedFile(Member member) throws IOException {
        channel = FileChannel.open(
                member.directory().resolve("appended"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public synchronized void put(String key, byte[] value) throws IOException {
        channel.write(ByteBuffer.allocate(WRITE_BYTES).put(value).rewind());
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
