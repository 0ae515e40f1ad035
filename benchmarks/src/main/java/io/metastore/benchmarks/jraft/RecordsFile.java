package io.metastore.benchmarks.jraft;

import io.metastore.benchmarks.PutEntry;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** The records of a member in one file: their number, and each as the entry that put it, its length before it. */
final class RecordsFile {
    private static final int BUFFER_BYTES = 1 << 20;

    private RecordsFile() {}

    /** Returns when the file is forced. */
    static void write(Path file, Map<String, byte[]> records) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                DataOutputStream out = new DataOutputStream(
                        new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES))) {
            out.writeInt(records.size());
            for (Map.Entry<String, byte[]> each : records.entrySet()) {
                byte[] entry = PutEntry.encode(each.getKey(), each.getValue());
                out.writeInt(entry.length);
                out.write(entry);
            }
            out.flush();
            channel.force(true);
        }
    }

    static void read(Path file, Map<String, byte[]> records) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))) {
            for (int left = in.readInt(); left > 0; left--) {
                byte[] entry = new byte[in.readInt()];
                in.readFully(entry);
                PutEntry.apply(ByteBuffer.wrap(entry), records);
            }
        }
    }
}
