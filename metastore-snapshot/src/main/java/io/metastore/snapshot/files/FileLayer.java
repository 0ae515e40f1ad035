package io.metastore.snapshot.files;

import io.metastore.api.DirectoryInUseException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;

/**
 * The few things we ask of a file system. Everything this project writes, creates or forces itself goes through here, also inside the directories of
 * RocksDB and of the journal, so that a test can stand in for the disk and lose power between any two calls.
 *
 * <p>A name (created, renamed, deleted) survives a power loss once its directory was forced, and not before; no method forces a directory unless
 * it says so. Paths are absolute. Callable from any thread; calls on one file must not overlap. An interrupt is no error: it is kept for later.
 */
public interface FileLayer {

    /**
     * How much {@link #copy} has in memory, and whoever else reads a file from end to end. Well below what G1 gives regions of its own: those are not reused by
     * young collections, and an image read in such pieces begins one collection of everything after the other.
     */
    int COPY_BYTES = 256 << 10;

    /** {@link #writeThrough} can only do with multiples of it what it is for. */
    int THROUGH_BYTES = 4096;

    /** What a path leads to. */
    enum Kind {
        ABSENT,
        FILE,
        DIRECTORY,
        /** A symbolic link, wherever it leads; said by {@link #kindOfName} only. */
        LINK,
        /** Neither: a device, a socket, a pipe. */
        OTHER
    }

    /** A lock that is held until closed, or until the process ends. */
    interface HeldLock extends AutoCloseable {
        /** Lets go. Idempotent, never fails: the operating system frees the lock of a file that cannot be closed. */
        @Override
        void close();
    }

    /** An I/O error while forcing. What was to be forced may be lost; forcing again may succeed without having written it, so nobody may try. */
    final class ForceFailedException extends IOException {
        private static final long serialVersionUID = 1L;

        public ForceFailedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** What is found there when symbolic links are followed. Fails only when it cannot be told. */
    Kind kind(Path path) throws IOException;

    /** What has that name itself: a symbolic link is one, also when it leads nowhere. */
    Kind kindOfName(Path path) throws IOException;

    /** The whole content of a small file. */
    byte[] read(Path file) throws IOException;

    /** Length of a file in bytes. */
    long size(Path file) throws IOException;

    /** The names in a directory, sorted. */
    List<String> list(Path directory) throws IOException;

    /** The one path of what exists at {@code path}: absolute, no symbolic links. */
    Path realPath(Path path) throws IOException;

    /** Creates one directory; its name is not durable yet. Fails when something has that name. */
    void createDirectory(Path directory) throws IOException;

    /**
     * Creates a file and forces its bytes; its name is not durable yet. Fails when something has that name. After an error the file may exist with
     * any part of the bytes.
     *
     * @throws ForceFailedException when the bytes could not be forced
     */
    void writeNew(Path file, byte[] bytes) throws IOException;

    /**
     * Gives a file another name in the same directory, at once; a file that had that name is gone. A directory takes only a name that nothing has. Not
     * durable yet.
     */
    void rename(Path from, Path to) throws IOException;

    /** A second name for the same file, on the same file system; not durable yet. Fails when something has that name. The file is forced under either. */
    void link(Path existing, Path link) throws IOException;

    /** Whether two names lead to one file. */
    boolean isSameFile(Path one, Path other) throws IOException;

    /** How many names a file has; more than one as well where the file system does not tell. */
    int names(Path file) throws IOException;

    /** Takes bytes from the end of a file, whatever names it has; not durable yet. */
    void shorten(Path file, long bytes) throws IOException;

    /** Some bytes of a file; fewer than asked for at its end. */
    byte[] read(Path file, long offset, int length) throws IOException;

    /**
     * Writes some bytes of a file, creates it when it is missing. Neither bytes nor name are durable before {@link #force} and {@link #forceDirectory}. After an
     * error any part of the bytes may be there.
     *
     * @param offset at most the length of the file
     */
    void write(Path file, long offset, byte[] bytes) throws IOException;

    /**
     * Like {@link #write}, for long files beside somebody who waits for his own force: the disk takes the bytes before this returns, where it can be had, so that
     * they are not written back in one burst later. Not durable before {@link #force} either.
     *
     * @return whether the disk has taken them; false when they were written like any others, as is always done unless offset and length are multiples of {@link
     *     #THROUGH_BYTES}
     */
    default boolean writeThrough(Path file, long offset, byte[] bytes) throws IOException {
        write(file, offset, bytes);
        return false;
    }

    /**
     * Makes the bytes of a file durable, whoever wrote them.
     *
     * @throws ForceFailedException when they could not be
     */
    void force(Path file) throws IOException;

    /** Bytes that can still be written on the file system that holds the path. */
    long usableSpace(Path path) throws IOException;

    /**
     * Makes durable which names the directory holds.
     *
     * @throws ForceFailedException when it could not
     */
    void forceDirectory(Path directory) throws IOException;

    /** Deletes a file or an empty directory; not durable yet. Fails when there is none. */
    void delete(Path path) throws IOException;

    /**
     * Locks a directory by a file in it, which is created when missing and stays. Exclusive among all threads, class loaders and processes of
     * this machine, by whatever path they come.
     *
     * @throws DirectoryInUseException when it is locked, naming the holder
     */
    HeldLock lock(Path file) throws IOException;

    /** Creates what is missing of a path, parents first; the names of what was created are durable when it returns. */
    default void createDirectories(Path directory) throws IOException {
        if (kind(directory) == Kind.DIRECTORY) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        try {
            createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (kind(directory) != Kind.DIRECTORY) {
                throw e;
            }
        }
        if (parent != null) {
            forceDirectory(parent);
        }
    }

    /** Writes a new file with the bytes of another and forces it; its name is not durable yet. Fails when something has that name. */
    default void copy(Path from, Path to) throws IOException {
        if (kind(to) != Kind.ABSENT) {
            throw new FileAlreadyExistsException(to.toString());
        }
        long size = size(from);
        write(to, 0, new byte[0]);
        for (long offset = 0; offset < size; ) {
            byte[] bytes = read(from, offset, COPY_BYTES);
            if (bytes.length == 0) {
                throw new IOException("a file became shorter while it was copied: file=" + from + " expected=" + size
                        + " found=" + offset);
            }
            write(to, offset, bytes);
            offset += bytes.length;
        }
        force(to);
    }

    /** Deletes a file or a directory with all it holds, if there is one; symbolic links are not followed, what they name is not touched. Not durable yet. */
    default void deleteTree(Path path) throws IOException {
        Kind kind = kindOfName(path);
        if (kind == Kind.ABSENT) {
            return;
        }
        if (kind == Kind.DIRECTORY) {
            for (String name : list(path)) {
                deleteTree(path.resolve(name));
            }
        }
        delete(path);
    }
}
