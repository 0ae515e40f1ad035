package io.metastore.raft.internal.ratis;

import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageImpl;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.server.storage.RaftStorageMetadataFile;
import org.jspecify.annotations.Nullable;

/**
 * Term and vote of this member, in Ratis' file and format, written by us in its place. Nothing that was promised is forgotten, whatever is lost: what
 * {@link #persist} was given survives a power loss when it returns, and no later call takes it back. A member that cannot write them ends.
 *
 * <p>Ratis does not force the directory. It does not keep its threads apart either: an election goes on under a lock of its own, not the division's, so
 * it raises the term and votes for itself beside the vote that is just given to another, and both write one temporary file. Of two writes that
 * contradict each other the later term stays, and the first vote in a term; the other one fails, before anybody was told of it. And a candidate whose write
 * failed would stay a candidate without an election, for ever, and say nothing.
 *
 * <p>Callable from any thread, with any lock held.
 */
final class TermAndVote implements RaftStorageMetadataFile {
    private final FileLayer files;
    private final Path file;
    private final EngineLife life;

    /** What is on disk; null before it was looked at. Guarded by this. */
    private @Nullable WrittenVote written;

    /** Its term, for a look without the lock; -1 before it was looked at. */
    private volatile long durableTerm = -1;

    TermAndVote(FileLayer files, Path directory, EngineLife life) {
        this.files = files;
        this.file = directory.resolve(RatisFiles.TERM_AND_VOTE);
        this.life = life;
    }

    /** From now on Ratis asks and tells this, not its own: before it has read term and vote. It has no way to be told so but by reflection. */
    void takeOver(RaftStorage storage) {
        try {
            Object holder = field(RaftStorageImpl.class, "metaFile").get(storage);
            @SuppressWarnings(
                    "unchecked") // Ratis reads it as what this is; it writes it only when it opens the storage.
            AtomicReference<RaftStorageMetadataFile> own = (AtomicReference<RaftStorageMetadataFile>)
                    field(holder.getClass(), "ref").get(holder);
            own.set(this);
        } catch (NoSuchFieldException | IllegalAccessException e) {
            throw new IllegalStateException("Ratis is another than this was written for: " + storage, e);
        }
        if (storage.getMetadataFile() != this) {
            throw new IllegalStateException("Ratis is another than this was written for: " + storage);
        }
    }

    private static Field field(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    @Override
    public RaftStorageMetadata getMetadata() throws IOException {
        WrittenVote found = read();
        return RaftStorageMetadata.valueOf(found.term(), RaftPeerId.valueOf(found.votedFor()));
    }

    /** What is on disk, and stays there. */
    synchronized WrittenVote read() throws IOException {
        WrittenVote known = written;
        if (known == null) {
            known = WrittenVote.parse(files.read(file));
            Path directory = file.getParent();
            if (directory != null) {
                files.forceDirectory(directory); // Whoever wrote it may have been cut off before.
            }
            know(known);
        }
        return known;
    }

    /**
     * Returns when it is durable.
     *
     * @throws IOException a later term is on disk, or another vote in this one; or it could not be written, and the engine has failed
     */
    @Override
    public synchronized void persist(RaftStorageMetadata next) throws IOException {
        write(new WrittenVote(next.getTerm(), next.getVotedFor().toString()));
    }

    /** Returns once the term is durable; does nothing when it already was. */
    void ensure(long term) throws IOException {
        if (term > durableTerm) {
            synchronized (this) {
                if (term > read().term()) {
                    write(WrittenVote.nobody(term)); // An election raised it and is about to write it.
                }
            }
        }
    }

    /** Whether the term is durable. */
    boolean has(long term) {
        return term <= durableTerm;
    }

    /** Called with the lock held. */
    private void write(WrittenVote next) throws IOException {
        WrittenVote now = read();
        if (now.equals(next)) {
            return;
        }
        if (next.isOvertakenBy(now)) {
            throw new IOException("term and vote were overtaken: onDisk=" + now + " wanted=" + next);
        }
        try {
            AtomicFile.replace(files, file, next.bytes());
        } catch (IOException e) {
            life.fail("term and vote could not be written: wanted=" + next, e);
            throw e;
        }
        know(next);
    }

    private void know(WrittenVote now) {
        written = now;
        durableTerm = now.term();
    }
}
