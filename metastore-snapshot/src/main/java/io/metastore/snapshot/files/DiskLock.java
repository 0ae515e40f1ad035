package io.metastore.snapshot.files;

import io.metastore.api.DirectoryInUseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory held through an operating system lock on one file in it.
 *
 * <p>That lock belongs to the process and goes when the process closes <em>any</em> descriptor of the file. So a second open in this process must
 * be turned away before it touches the file: the holders of this process are listed by the identity of the directory (device and inode where the
 * system has them), which symbolic links and bind mounts do not change. The list is kept in the system properties because it must be one for all
 * class loaders.
 *
 * <p>The file names the holder while held and is empty after an orderly release, so a directory that was only looked at is left as it was.
 */
final class DiskLock implements FileLayer.HeldLock {

    private static final Logger log = LoggerFactory.getLogger(DiskLock.class);
    private static final String PROPERTY_PREFIX = "io.metastore.locked.";
    private static final int HOLDER_BYTES_MAX = 4096;

    /** Channels that must stay open: closing one would free a lock that somebody else in this process holds. Written to only. */
    private static final Queue<FileChannel> neverClosed = new ConcurrentLinkedQueue<>();

    private final String property;
    private final Path file;
    private final FileChannel channel;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DiskLock(String property, Path file, FileChannel channel) {
        this.property = property;
        this.file = file;
        this.channel = channel;
    }

    static DiskLock acquire(Path file) throws IOException {
        String property = property(file);
        String me = describeThisProcess();
        Object holder = System.getProperties().putIfAbsent(property, me);
        if (holder != null) {
            throw inUse(file, "this process already", holder.toString());
        }
        boolean held = false;
        try {
            DiskLock lock = new DiskLock(property, file, openAndLock(file));
            lock.write(me);
            held = true;
            return lock;
        } finally {
            if (!held) {
                System.getProperties().remove(property);
            }
        }
    }

    /**
     * Who holds a directory, in words; empty when nobody does. Writes nothing. For the moment of asking the directory counts as held, so a store that is opened at that
     * very moment may be told that it is.
     */
    static Optional<String> holder(Path file) throws IOException {
        String property = property(file);
        Object here = System.getProperties().putIfAbsent(property, describeThisProcess());
        if (here != null) {
            return Optional.of(facts(here.toString()));
        }
        try {
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? otherHolder(file) : Optional.empty();
        } finally {
            System.getProperties().remove(property);
        }
    }

    private static Optional<String> otherHolder(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        boolean mayBeClosed = true;
        try (FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock == null ? Optional.of(facts(read(channel))) : Optional.empty();
        } catch (OverlappingFileLockException e) {
            mayBeClosed = false;
            neverClosed.add(channel);
            return Optional.of("this process");
        } finally {
            if (mayBeClosed) {
                channel.close();
            }
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            DiskFileLayer.uninterrupted(this::emptyAndClose);
        } catch (IOException e) {
            log.warn("lock file could not be emptied, the lock itself is free: file={}", file, e);
        } finally {
            System.getProperties().remove(property);
        }
    }

    private FileChannel emptyAndClose() throws IOException {
        try (channel) {
            return channel.truncate(0);
        }
    }

    private static FileChannel openAndLock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        boolean held = false;
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(file, "another process", read(channel));
            }
            held = true;
            return channel;
        } catch (OverlappingFileLockException e) {
            neverClosed.add(channel);
            held = true;
            throw inUse(file, "this process already", "unknown");
        } finally {
            if (!held) {
                channel.close();
            }
        }
    }

    private static String property(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IllegalArgumentException("a lock file needs a directory: file=" + file);
        }
        Path real = directory.toRealPath();
        Object key = Files.readAttributes(real, BasicFileAttributes.class).fileKey();
        return PROPERTY_PREFIX + (key == null ? real : key) + "/" + file.getFileName();
    }

    /** Only for those who come second: a holder that cannot be named still holds, unless its channel was closed under it. */
    private void write(String me) throws IOException {
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(me.getBytes(StandardCharsets.UTF_8)), 0);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            log.warn("lock file does not name its holder, the lock itself is held: file={}", file, e);
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(HOLDER_BYTES_MAX);
        channel.read(buffer, 0);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    private static DirectoryInUseException inUse(Path file, String who, String holder) {
        return new DirectoryInUseException("the directory is in use: directory=" + file.getParent() + " by=" + who
                + " holder: " + facts(holder) + "; close that store first, or wait until its process has ended");
    }

    private static String facts(String holder) {
        return holder.isBlank() ? "unknown" : holder.strip().replaceAll("\\s+", " ");
    }

    private static String describeThisProcess() {
        ProcessHandle process = ProcessHandle.current();
        String started = process.info().startInstant().map(Instant::toString).orElse("unknown");
        return "pid=" + process.pid() + "\nhost=" + host() + "\nstarted=" + started + "\nlocked=" + Instant.now()
                + "\n";
    }

    private static String host() {
        try {
            Path kernelName = Path.of("/proc/sys/kernel/hostname"); // Without asking a name server.
            return Files.isReadable(kernelName)
                    ? Files.readString(kernelName).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
