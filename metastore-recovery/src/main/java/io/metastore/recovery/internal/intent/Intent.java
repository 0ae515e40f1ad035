package io.metastore.recovery.internal.intent;

import io.metastore.recovery.internal.reset.MemberFetch;
import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.recovery.internal.reset.Sealing;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Consent to one recovery of one directory as it was, to be carried out by whoever opens it.
 *
 * <p>It is bound to everything that may have changed since: the cluster, the epoch, the member and its incarnation, the last entry of each journal, and by {@link
 * ResetOrder#nextMin} to the number that the next epoch had to get when it was written. Each recovery that is begun uses such a number up, for good, also when it is
 * aborted or undone, so an intent is worth nothing as soon as any recovery, its own too, has been begun in one of the directories and has come to an end.
 *
 * @param order what is to be done, the members of other processes that are sealed among it; its recovery is this intent's own, and of no other
 * @param member whose directory it is, as {@code name@incarnation}
 * @param spaceBytes that are needed on the disk
 * @param others the directories that are sealed with it
 * @param gone addresses where nobody may be when it is carried out
 * @param within how long each member of another process is waited for; without such members it is of no meaning
 * @param fetch what is brought from one of them before anything is sealed; empty when it is here
 * @param created when it was written; for people, decides nothing
 */
public record Intent(
        ResetOrder order,
        String member,
        long spaceBytes,
        List<Sealing.Directory> others,
        List<String> gone,
        Duration within,
        Optional<Fetch> fetch,
        Instant created) {

    /**
     * The journal of a member of another process.
     *
     * @param bytesPerSecond most that is asked for
     */
    public record Fetch(MemberFetch what, long bytesPerSecond) {}

    public Intent {
        others = List.copyOf(others);
        gone = List.copyOf(gone);
        if (others.stream().map(Sealing.Directory::path).anyMatch(path -> !path.isAbsolute())) {
            throw new IllegalArgumentException("directories are absolute: " + others);
        }
        if (fetch.isPresent() != order.fetched().isPresent()) {
            throw new IllegalArgumentException("fetch=" + fetch + " fetched=" + order.fetched());
        }
    }

    /** The same as it is bound to a number for the next epoch. */
    Intent as(long next) {
        return new Intent(order.as(order.recovery(), next), member, spaceBytes, others, gone, within, fetch, created);
    }

    /** That directory and those that are sealed with it. */
    List<Path> all(Path target) {
        List<Path> all = new ArrayList<>(List.of(target));
        others.forEach(other -> all.add(other.path()));
        return all;
    }
}
