package io.metastore.snapshot.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/** The real file system. Stateless; directories are forced through a channel on the directory, which POSIX systems allow. */
public final class DiskFileLayer implements FileLayer {

    @Override
    public Kind kind(Path path) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
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
    public long size(Path file) throws IOException {
        return Files.size(file);
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
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                return force(channel, file);
            } catch (ClosedByInterruptException e) {
                Files.delete(file); // Half of it may be there; the next attempt begins with a new file.
                throw e;
            }
        });
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
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
