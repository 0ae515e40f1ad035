package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.ratis.JournalBegin.Discard;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A follower's way from the notice that its next entries are gone to a state taken from an image, in four steps: fetching, while the journal goes on as
 * before; deciding, when the leader asks again and the image is there; cutting the journal, by Ratis, while the apply thread takes the image; and, with
 * the first entry behind the image, forgetting that there was one.
 *
 * <p>Ratis is never told that an image is being fetched. It would then refuse all entries until it is asked about the image again, which a new leader that
 * has all entries never does.
 *
 * <p>Crashes: before the journal is touched it is on disk that the image replaces it, from when on a restart needs the state from the image: what this
 * member acknowledged is then in the image or was never committed.
 */
final class ImageInstall {
    private static final Logger log = LoggerFactory.getLogger(ImageInstall.class);

    private final String self;
    private final ImageSource images;
    private final EngineLife life;
    private final JournalDirectory directory;
    private final Duration truncateMax;

    /** Guarded by this. */
    private boolean fetching;

    /** What is there and not used yet. Guarded by this. */
    private @Nullable LogPosition fetched;

    /** From the decision on until the first entry behind it is applied. */
    private volatile @Nullable LogPosition installing;

    /** From the decision on until the apply thread has the new state. */
    private volatile boolean reloading;

    /** @param truncateMax how long cutting off what contradicts an image may take */
    ImageInstall(String self, ImageSource images, EngineLife life, JournalDirectory directory, Duration truncateMax) {
        this.self = self;
        this.images = images;
        this.life = life;
        this.directory = directory;
        this.truncateMax = truncateMax;
    }

    /** Whether the leader need not ask now: an image is on its way, or being taken. */
    synchronized boolean isBusy() {
        return fetching || reloading;
    }

    /** The image that the state is to be taken from, or was taken from last; null for none. */
    @Nullable
    LogPosition installing() {
        return installing;
    }

    /**
     * The leader says that it has no entries before one. Called with Ratis' lock held, and no append inside.
     *
     * @param leader who says so
     * @return the image that the journal is to be cut to now; null when there is none yet
     */
    @Nullable
    LogPosition noticed(RaftLog journal, LogPosition firstAvailable, String leader) {
        LogPosition image = takeFetched(journal, firstAvailable);
        if (image == null) {
            return null;
        }
        try {
            giveUp(journal, image, firstAvailable, leader);
        } catch (IOException e) {
            life.fail("journal could not be cut to an image: image=" + image, e);
            return null;
        }
        reloading = true;
        installing = image;
        return image;
    }

    private synchronized @Nullable LogPosition takeFetched(RaftLog journal, LogPosition firstAvailable) {
        LogPosition image = fetched;
        if (life.isOver() || life.isClosing() || fetching || reloading) {
            return null;
        }
        fetched = null;
        if (image != null && image.index() + 1 >= firstAvailable.index() && isBehind(journal, image)) {
            return image;
        }
        if (image != null) {
            log.info("image is of no use: node={} image={} firstAvailable={}", self, image, firstAvailable);
        }
        fetch(firstAvailable);
        return null;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The end of the chain.
    private void fetch(LogPosition firstAvailable) {
        fetching = true;
        log.info("fetching an image: node={} firstAvailable={}", self, firstAvailable);
        CompletableFuture<@Nullable LogPosition> pending;
        try {
            pending = images.fetch(firstAvailable);
        } catch (RuntimeException e) {
            pending = CompletableFuture.failedFuture(e);
        }
        pending.whenComplete(this::fetchEnded);
    }

    private synchronized void fetchEnded(@Nullable LogPosition image, @Nullable Throwable failure) {
        fetching = false;
        fetched = image;
        if (failure != null) {
            log.warn("no image could be fetched: node={}; fetching again when the leader asks", self, failure);
        } else if (image != null) {
            log.info("image is there: node={} image={}", self, image);
        }
    }

    /** Whether the journal lacks the image's last entry, so that this member gains by it. */
    private static boolean isBehind(RaftLog journal, LogPosition image) {
        if (journal.getLastCommittedIndex() >= image.index()) {
            return false;
        }
        TermIndex same = journal.getTermIndex(image.index());
        TermIndex last = journal.getLastEntryTermIndex();
        return same == null || same.getTerm() != image.term() || last == null || last.getIndex() == image.index();
    }

    /**
     * Ratis keeps what is behind the image, and the whole file that the image ends in, without looking whether they go on from it. When they contradict
     * it, everything not known as committed goes first: a later leader would otherwise hand it on. It is kept beside the journal, as is what goes with a journal
     * that ends before the image.
     */
    private void giveUp(RaftLog journal, LogPosition image, LogPosition firstAvailable, String leader)
            throws IOException {
        TermIndex last = journal.getLastEntryTermIndex();
        TermIndex same = journal.getTermIndex(image.index());
        boolean contradicts =
                last != null && last.getIndex() >= image.index() && (same == null || same.getTerm() != image.term());
        if (contradicts || last == null || last.getIndex() < image.index()) {
            directory.overwritten().keepBefore(journal, image, firstAvailable, leader);
        }
        if (contradicts) {
            directory.begin().write(JournalBegin.discarding(image, Discard.ALL));
            log.info("journal contradicts the image: node={} image={} last={} there={}", self, image, last, same);
            await(journal.truncate(Math.max(journal.getLastCommittedIndex() + 1, journal.getStartIndex())));
        }
        directory.begin().write(JournalBegin.discarding(image, Discard.OLDER));
    }

    private void await(CompletableFuture<Long> truncated) throws IOException {
        try {
            truncated.get(truncateMax.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the journal was being cut", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("journal could not be cut", e);
        }
    }

    /** The apply thread has the new state. */
    void reloaded() {
        reloading = false;
    }

    /** Called on the apply thread before each entry: the first behind the image was written after the journal's old files had gone. */
    void applying(RaftLog journal, long index) throws IOException {
        LogPosition image = installing;
        if (image != null && index > image.index()) {
            installing = null;
            directory
                    .segments()
                    .deleteBefore(Math.min(journal.getStartIndex(), image.index() + 1)); // What Ratis could not delete.
            directory.begin().write(JournalBegin.behind(image));
        }
    }
}
