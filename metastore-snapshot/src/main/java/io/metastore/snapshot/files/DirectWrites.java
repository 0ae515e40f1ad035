package io.metastore.snapshot.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import org.jspecify.annotations.Nullable;

/** Writing past the cache of the system ({@code O_DIRECT}), from memory that is aligned as the disk wants it. */
final class DirectWrites {

    /** {@code ExtendedOpenOption.DIRECT} of the JDK; null for a Java that has none. */
    static final @Nullable OpenOption OPTION = find();

    /**
     * Kept by each thread that writes so, a few: Java frees such memory late, and the one that it has for this by itself fails when a thread writes more than before
     * (JDK 17, {@code Util.getTemporaryAlignedDirectBuffer}).
     */
    private static final ThreadLocal<ByteBuffer> ALIGNED =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(FileLayer.COPY_BYTES + FileLayer.THROUGH_BYTES)
                    .alignedSlice(FileLayer.THROUGH_BYTES));

    private DirectWrites() {}

    private static @Nullable OpenOption find() {
        try {
            return (OpenOption) Class.forName("com.sun.nio.file.ExtendedOpenOption")
                    .getField("DIRECT")
                    .get(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /**
     * Writes all of it; after an error any part may be written.
     *
     * @param channel opened with {@link #OPTION}
     * @param offset a multiple of the file system's blocks, like the length
     * @return true
     */
    static boolean write(FileChannel channel, long offset, byte[] bytes) throws IOException {
        ByteBuffer aligned = ALIGNED.get();
        int taken = 0;
        while (taken < bytes.length) {
            int length = Math.min(bytes.length - taken, FileLayer.COPY_BYTES);
            aligned.clear().put(bytes, taken, length).flip();
            while (aligned.hasRemaining()) {
                channel.write(aligned, offset + taken + aligned.position());
            }
            taken += length;
        }
        return true;
    }
}
