package io.metastore.raft.internal.node;

import io.metastore.api.KeptBranch;
import io.metastore.raft.offline.BranchListing;
import io.metastore.raft.offline.BranchListing.Found;
import io.metastore.snapshot.files.EpochEnd;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Refusals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What recoveries left behind in the directory of an open member. Former epochs do not change, so they are read once, on a thread of its own, and only when there are any:
 * who asks gets what is known by then, and never waits for a disk.
 */
final class LeftBehind {

    private static final Logger log = LoggerFactory.getLogger(LeftBehind.class);
    private static final Duration CLOSE_MAX = Duration.ofMillis(300);

    /** Names beside the live epoch that say that there was another. */
    private static final String EPOCH = "epoch-";

    private static final String BRANCHES = "branches";

    private final String member;
    private final MemberDirectory directory;
    private final Supplier<List<EpochEnd>> ends;

    private volatile Found found;
    private volatile boolean closed;

    /** Whether there is nothing to read, or it was begun. Guarded by this. */
    private boolean begun;

    /** Null before there was anything to read. */
    private volatile @Nullable FutureTask<@Nullable Void> reading;

    /**
     * Looks whether there is anything; reads nothing yet.
     *
     * @param ends where former epochs ended, as the state here has them
     * @throws io.metastore.api.DirectoryUnusableException the directory cannot be listed
     */
    LeftBehind(String member, MemberDirectory directory, Supplier<List<EpochEnd>> ends) {
        this.member = member;
        this.directory = directory;
        this.ends = ends;
        this.begun = !isAnything();
        this.found = begun ? Found.NONE : not("it is not read yet");
    }

    /** Begins to read when there is anything, and what there is to know for that; and forgets what somebody has deleted. May wait for the disk. Called every second. */
    synchronized void look() {
        if (closed) {
            return;
        }
        if (!begun) {
            begin();
        }
        Found now = found;
        List<KeptBranch> left = now.branches().stream()
                .filter(each -> isThere(Path.of(each.place())))
                .toList();
        if (left.size() < now.branches().size()) {
            found = new Found(left, now.undecided()); // There are none while it is being read.
        }
    }

    private void begin() {
        Optional<BranchListing> listing = BranchListing.find();
        if (listing.isEmpty()) {
            begun = true;
            found = not("io.metastore:metastore-recovery is not on its class path");
            return;
        }
        List<EpochEnd> known = ends.get();
        long live = directory.membership().epoch();
        if (directory.genesis().isEmpty() && known.stream().noneMatch(each -> each.next() == live)) {
            // One that came into it later is told by a leader where the epoch before ended.
            found = not("the beginning of epoch " + live + " is not known there yet");
            return;
        }
        begun = true;
        found = not("it is being read");
        reading = Uninterrupted.start(member + "-branches", () -> read(listing.get(), known));
    }

    private Found not(String why) {
        return new Found(
                List.of(),
                List.of("what former epochs have left in " + directory.root() + " of " + member + ": " + why));
    }

    private void read(BranchListing listing, List<EpochEnd> known) {
        try {
            found = listing.in(directory.root(), member, known, () -> closed);
        } catch (CancellationException e) {
            found = not("it was not read to the end, as this member has ended its part");
        } catch (RuntimeException | Error e) {
            found = not("it cannot be read, " + e);
            log.error("branches cannot be read because of a bug: member={}", member, e);
        }
        Found now = found;
        now.branches().forEach(each -> log.info("branch is kept: member={} {}", member, each));
        now.undecided().forEach(each -> log.warn("branches are not known: member={} {}", member, each));
    }

    /** Whether the directory has anything of another epoch than the live one. */
    private boolean isAnything() {
        Path live = directory.journalDirectory().resolve("..").normalize();
        try {
            return directory.layer().list(live.resolve("..").normalize()).stream()
                    .anyMatch(name -> name.equals(BRANCHES) || (name.startsWith(EPOCH) && !live.endsWith(name)));
        } catch (IOException e) {
            throw Refusals.unusable(directory.root(), "look for what former epochs have left", e);
        }
    }

    private boolean isThere(Path path) {
        try {
            return directory.layer().kind(path) != Kind.ABSENT;
        } catch (IOException e) {
            return true; // Reading it will say what is wrong.
        }
    }

    /** As far as it is known. Never blocks. */
    Found found() {
        return found;
    }

    /** Ends the reading; waits a moment for it. */
    void close() {
        closed = true;
        FutureTask<@Nullable Void> last = reading;
        if (last != null && !Uninterrupted.await(last, Deadline.after(CLOSE_MAX))) {
            log.warn("branches are still being read, is left behind: member={} thread={}-branches", member, member);
        }
    }
}
