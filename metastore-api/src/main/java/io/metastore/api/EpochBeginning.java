package io.metastore.api;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * How an epoch of a cluster began: by a recovery, of which this is the record. The first epoch has none.
 *
 * @param epoch that began; one is added with each recovery
 * @param previous epoch that it took the place of
 * @param tip last journal entry of the previous epoch that was taken over; entries of it behind that are not part of the history
 * @param member from whose copy, as {@code name@incarnation}
 * @param created when, by the clock of the host where it was done
 * @param by who asked for it
 * @param why as they said
 * @param verdict what acknowledged writes may have been lost by it, in words
 * @param sealed members whose copies were surveyed and promised to take no part in the previous epoch any more
 * @param missing members of the previous epoch of which there was no copy
 * @param recovery names it
 * @param branches entries of the previous epoch that this one went on without, as far as an open member knows who keeps them, see {@link Cluster#lineage}; empty in
 *     what is read from a directory, where they are listed with their own epoch
 */
public record EpochBeginning(
        long epoch,
        long previous,
        LogPosition tip,
        String member,
        Instant created,
        String by,
        String why,
        String verdict,
        List<String> sealed,
        List<String> missing,
        UUID recovery,
        List<KeptBranch> branches) {

    public EpochBeginning {
        sealed = List.copyOf(sealed);
        missing = List.copyOf(missing);
        branches = List.copyOf(branches);
    }

    /** One of which nobody was asked what was left behind. */
    public EpochBeginning(
            long epoch,
            long previous,
            LogPosition tip,
            String member,
            Instant created,
            String by,
            String why,
            String verdict,
            List<String> sealed,
            List<String> missing,
            UUID recovery) {
        this(epoch, previous, tip, member, created, by, why, verdict, sealed, missing, recovery, List.of());
    }

    /** The same with these branches. */
    public EpochBeginning withBranches(List<KeptBranch> found) {
        return new EpochBeginning(
                epoch, previous, tip, member, created, by, why, verdict, sealed, missing, recovery, found);
    }
}
