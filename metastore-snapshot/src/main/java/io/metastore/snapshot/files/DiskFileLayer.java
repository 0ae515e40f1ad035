package io.metastore.snapshot.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real file system. Stateless; directories are forced through a channel on the directory, which POSIX systems allow. */
public final class DiskFileLayer implements FileLayer {

    private static final Logger log = LoggerFactory.getLogger(DiskFileLayer.class);

    @Override
    public Kind kind(Path path) throws IOException {
        return found(path);
    }

    @Override
    public Kind kindOfName(Path path) throws IOException {
        return found(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static Kind found(Path path, LinkOption... how) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, how);
            if (attributes.isSymbolicLink()) {
                return Kind.LINK;
            }
            if (attributes.isDirectory()) {
                return Kind.DIRECTORY;
            }
            return attributes.isRegularFile() ? Kind.FILE : Kind.OTHER;
        } catch (NoSuchFileException e) {
            return Kind.ABSENT;
        }
    }

    @Override
    public byte[] read(Path file) throws IOException {
        return uninterrupted(() -> Files.readAllBytes(file));
    }

    @Override
    public byte[] read(Path file, long offset, int length) throws IOException {
        return uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                long there = Math.max(0, channel.size() - offset);
                ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(length, there));
                long at = offset;
                while (buffer.hasRemaining()) {
                    int read = channel.read(buffer, at);
                    if (read < 0) {
                        return Arrays.copyOf(buffer.array(), buffer.position()); // It became shorter meanwhile.
                    }
                    at += read;
                }
                return buffer.array();
            }
        });
    }

    @Override
    public long size(Path file) throws IOException {
        return Files.size(file);
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
        return Files.isSameFile(one, other);
    }

    @Override
    public int names(Path file) throws IOException {
        try {
            return (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return Integer.MAX_VALUE;
        }
    }

    @Override
    public void shorten(Path file, long bytes) throws IOException {
        uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                return channel.truncate(bytes);
            }
        });
    }

    @Override
    public long usableSpace(Path path) throws IOException {
        long usable = path.toFile()
                .getUsableSpace(); // Asked often: one system call, where a FileStore looks for its mount first.
        return usable != 0
                ? usable
                : Files.getFileStore(path).getUsableSpace(); // 0 also when it cannot be told: this says why.
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(Path::getFileName).map(Path::toString).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public Path realPath(Path path) throws IOException {
        return path.toRealPath();
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory);
    }

    @Override
    public void writeNew(Path file, byte[] bytes) throws IOException {
        uninterrupted(() -> {
            // Forced through the descriptor that wrote: an error of writing back is reported there for certain.
            try (FileChannel channel = create(file)) {
                writeAll(channel, 0, ByteBuffer.wrap(bytes));
                return force(channel, file);
            } catch (ClosedByInterruptException e) {
                Files.delete(file); // Half of it may be there; the next attempt begins with a new file.
                throw e;
            }
        });
    }

    /** Also forced through the descriptor that wrote. */
    @Override
    public void copy(Path from, Path to) throws IOException {
        uninterrupted(() -> {
            try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
                    FileChannel target = create(to)) {
                ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
                long at = 0;
                while (source.read(buffer, at) >= 0) {
                    buffer.flip();
                    at += writeAll(target, at, buffer);
                    buffer.clear();
                }
                return force(target, to);
            } catch (ClosedByInterruptException e) {
                Files.deleteIfExists(to);
                throw e;
            }
        });
    }

    @Override
    public void write(Path file, long offset, byte[] bytes) throws IOException {
        uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                requirePlace(channel, file, offset);
                return writeAll(channel, offset, ByteBuffer.wrap(bytes));
            }
        });
    }

    private static void requirePlace(FileChannel channel, Path file, long offset) throws IOException {
        if (offset > channel.size()) {
            throw new IOException(
                    "a file has no such place: file=" + file + " offset=" + offset + " bytes=" + channel.size());
        }
    }

    /** Past the cache of the system, where Java and the file system can. What cannot be written so is written as usual, which says what is wrong when that fails too. */
    @Override
    public boolean writeThrough(Path file, long offset, byte[] bytes) throws IOException {
        OpenOption direct = DirectWrites.OPTION;
        if (direct != null && bytes.length > 0 && (offset | bytes.length) % THROUGH_BYTES == 0) {
            try {
                return uninterrupted(() -> {
                    try (FileChannel channel =
                            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, direct)) {
                        requirePlace(channel, file, offset);
                        return DirectWrites.write(channel, offset, bytes);
                    }
                });
            } catch (IOException | UnsupportedOperationException e) {
                log.debug("not written past the cache: file={} offset={} bytes={}", file, offset, bytes.length, e);
            }
        }
        write(file, offset, bytes);
        return false;
    }

    /** Linux (from 4.13) and BSD tell of an error of writing back that nobody was told of yet also whoever opens the file after it happened. */
    @Override
    public void force(Path file) throws IOException {
        uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                return force(channel, file);
            }
        });
    }

    private static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static int writeAll(FileChannel channel, long offset, ByteBuffer buffer) throws IOException {
        int length = buffer.remaining();
        long at = offset;
        while (buffer.hasRemaining()) {
            at += channel.write(buffer, at);
        }
        return length;
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        Files.createLink(link, existing);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        if (kindOfName(from) == Kind.DIRECTORY && kindOfName(to) != Kind.ABSENT) {
            throw new FileAlreadyExistsException(to.toString()); // An empty directory would be replaced.
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                return force(channel, directory);
            }
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.delete(path);
    }

    @Override
    public HeldLock lock(Path file) throws IOException {
        return uninterrupted(() -> DiskLock.acquire(file));
    }

    /**
     * Who has a member's directory in use, in words; empty when nobody does. Writes nothing; a store that is opened there at that very moment may be told that it is in
     * use.
     */
    public Optional<String> holder(Path directory) throws IOException {
        return uninterrupted(() -> DiskLock.holder(new Layout(directory).lock()));
    }

    /** Work on a channel. */
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * An interrupt closes the channel under a thread, which looks like a broken disk. One that came before waits; one that comes in between lets the
     * work begin anew. The thread is interrupted again afterwards.
     */
    static <T> T uninterrupted(Work<T> work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return work.run();
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Path force(FileChannel channel, Path path) throws IOException {
        try {
            channel.force(true);
            return path;
        } catch (ClosedByInterruptException e) {
            throw e; // Says nothing about the disk.
        } catch (IOException e) {
            throw new ForceFailedException("cannot force to disk: path=" + path, e);
        }
    }
}
