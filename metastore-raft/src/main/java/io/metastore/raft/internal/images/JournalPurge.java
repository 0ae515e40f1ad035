package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CheckpointStatus.JournalHold;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.JournalFile;
import io.metastore.snapshot.files.Trash;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.PersistedImage;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets go of the journal that nobody needs; see {@link PurgeLimit}. Run by the checkpoint thread, asked by any. */
public final class JournalPurge {

    private static final Logger log = LoggerFactory.getLogger(JournalPurge.class);

    private final String member;
    private final CheckpointPolicy policy;
    private final ImageStore images;
    private final Supplier<@Nullable Engine> engines;
    private final Supplier<Collection<PurgeLimit.Other>> others;
    private final Trash trash;
    private volatile @Nullable JournalHold hold;

    /**
     * @param engines the engine as it is now; null before it has started
     * @param others the other members that are alive
     * @param trash where purged files are freed
     */
    public JournalPurge(
            String member,
            CheckpointPolicy policy,
            ImageStore images,
            Supplier<@Nullable Engine> engines,
            Supplier<Collection<PurgeLimit.Other>> others,
            Trash trash) {
        this.member = member;
        this.policy = policy;
        this.images = images;
        this.engines = engines;
        this.others = others;
        this.trash = trash;
    }

    /** Who kept the journal when it was last looked at; null when nobody did. */
    @Nullable
    JournalHold hold() {
        return hold;
    }

    /** First entry in the journal; -1 while that is not known. */
    long first() {
        Engine engine = engines.get();
        return engine == null ? -1 : engine.firstIndex();
    }

    /** Purges whole files up to the limit. Waits for them to be gone. */
    void run() {
        Engine engine = engines.get();
        if (engine == null || engine.firstIndex() < 0) {
            return;
        }
        List<Long> published =
                images.images().stream().map(PersistedImage::index).toList();
        long first = engine.firstIndex();
        long upTo = -1;
        try {
            PurgeLimit.Journal journal = new PurgeLimit.Journal(first, engine.closedFiles());
            PurgeLimit limit = PurgeLimit.of(policy, published, images.pinned(), journal, others.get());
            note(limit.hold());
            upTo = limit.upTo();
            if (upTo < first) {
                return;
            }
            long left = purge(engine, journal.closed(), upTo);
            if (left > first) {
                log.info("journal purged: member={} upTo={} firstBefore={} first={}", member, upTo, first, left);
            }
        } catch (EngineException | IOException e) {
            failed(upTo, e);
        } catch (CompletionException e) {
            failed(upTo, e.getCause());
        }
    }

    private long purge(Engine engine, List<JournalFile> closed, long upTo) throws IOException {
        AtomicLong left = new AtomicLong();
        trash.delete(
                closed.stream()
                        .filter(file -> file.last() <= upTo)
                        .map(JournalFile::path)
                        .toList(),
                () -> left.set(engine.purge(upTo).join()));
        return left.get();
    }

    private void failed(long upTo, @Nullable Throwable cause) {
        if (!(cause instanceof EngineException stopped) || stopped.kind() != EngineException.Kind.STOPPED) {
            log.warn("journal was not purged, is tried again: member={} upTo={}", member, upTo, cause);
        }
    }

    private void note(@Nullable JournalHold now) {
        JournalHold before = hold;
        hold = now;
        if (now != null && (before == null || !before.member().equals(now.member()))) {
            log.info(
                    "journal is kept for a member that is behind: member={} behind={} entries={} bytes={}",
                    member,
                    now.member(),
                    now.entries(),
                    now.bytes());
        }
    }
}
