package io.metastore.recovery;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of its own, ext4 in a file, whose power can be cut: from that moment on every operation on it fails, and when it is mounted again it holds what was
 * forced before and nothing that was only written, whoever wrote it: this library, RocksDB or Ratis. ext4 forces the names of a directory together with the files of
 * others, so more may survive than has to. Needs root and loop devices; where there are none, a test does not run, and says so.
 */
final class LoopDisk implements AutoCloseable {
    private static final long BYTES = 1L << 30;
    private static final String CUT = "open(my $d, '<', $ARGV[0]) or die $!; my $how = pack('L', 2);"
            + " ioctl($d, 0x8004587d, $how) or die $!;"; // EXT4_IOC_SHUTDOWN without writing its journal.

    private final Path image;
    private final Path root;
    private boolean mounted;

    private LoopDisk(Path image, Path root) {
        this.image = image;
        this.root = root;
    }

    /** Makes one below a directory; ends the test as not run where that is not possible. */
    static LoopDisk orNotRun(Path directory) throws IOException {
        return orNotRun(directory, BYTES);
    }

    /** The same with so much room. */
    static LoopDisk orNotRun(Path directory, long bytes) throws IOException {
        Path image = directory.resolve("disk.img");
        LoopDisk disk = new LoopDisk(image, Files.createDirectory(directory.resolve("disk")));
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        Assumptions.assumeTrue(
                disk.done("perl", "-e", "exit 0") && disk.done("mkfs.ext4", "-q", "-F", image.toString()),
                "not run: no power can be cut here, mkfs.ext4 or perl is missing");
        disk.mounted = disk.done("mount", "-o", "loop", image.toString(), disk.root.toString());
        Assumptions.assumeTrue(disk.mounted, "not run: no power can be cut here, nothing can be mounted");
        return disk;
    }

    Path root() {
        return root;
    }

    /** Takes all its room, but for some; returns the file that has to go for it to be free again. */
    Path fill(long leftBytes) throws IOException {
        Path ballast = root.resolve("ballast");
        long bytes = Files.getFileStore(root).getUsableSpace() - leftBytes;
        byte[] piece = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            for (; bytes > 0; bytes -= piece.length) {
                out.write(piece, 0, (int) Math.min(bytes, piece.length));
            }
        }
        return ballast;
    }

    /** Forces all that is on it. */
    void force() {
        if (!done("sync", "-f", root.toString())) {
            throw new AssertionError("cannot be forced: " + root);
        }
    }

    /** From here on nothing reaches it. */
    void cut() {
        if (!done("perl", "-e", CUT, root.toString())) {
            throw new AssertionError("power was not cut: " + root);
        }
    }

    /** Everybody has let go of it: what was forced is there again. */
    void powerOn() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> done("umount", root.toString()));
        mounted = false;
        if (!done("mount", "-o", "loop", image.toString(), root.toString())) {
            throw new AssertionError("cannot be mounted again: " + image);
        }
        mounted = true;
    }

    private boolean done(String... command) {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.to(new File("/dev/null")))
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // There is no such program.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        if (mounted && !done("umount", root.toString())) {
            done("umount", "-l", root.toString());
        }
        try {
            Files.deleteIfExists(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
