package io.metastore.examples;

import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.examples.Catalog.Edit;
import io.metastore.examples.Catalog.EditKey;

/**
 * Writes at the leader and reads at a follower at once, in three ways.
 *
 * @param rounds writes, each followed by one read of every kind
 * @param staleLocal local reads that did not see the write yet: allowed
 * @param staleAtLeast reads of at least the write's revision that did not see it: must be 0
 * @param staleLinearizable linearizable reads that did not see it: must be 0
 */
record FollowerReads(
        int rounds,
        int staleLocal,
        int staleAtLeast,
        int staleLinearizable,
        double localNanos,
        double atLeastNanos,
        double linearizableNanos) {

    static FollowerReads measure(MetaStore leader, MetaStore follower, int rounds) {
        Probe local = new Probe("local", leader, follower);
        Probe atLeast = new Probe("atLeast", leader, follower);
        Probe linearizable = new Probe("linearizable", leader, follower);
        for (int i = 1; i <= rounds; i++) {
            // Each kind has a write of its own: after a first read the follower would know the write anyway.
            local.round(i, revision -> ReadMode.local());
            atLeast.round(i, ReadMode::atLeast);
            linearizable.round(i, revision -> ReadMode.linearizable());
        }
        return new FollowerReads(
                rounds,
                local.stale,
                atLeast.stale,
                linearizable.stale,
                local.nanos / (double) rounds,
                atLeast.nanos / (double) rounds,
                linearizable.nanos / (double) rounds);
    }

    /** How fresh a read is to be, given what the write returned. */
    private interface Freshness {
        ReadMode after(Revision written);
    }

    private static final class Probe {

        private static final EditKey KEY = new EditKey("follower reads", 0);

        private final String name;
        private final Table<EditKey, Edit> atLeader;
        private final Table<EditKey, Edit> atFollower;
        private int stale;
        private long nanos;

        Probe(String name, MetaStore leader, MetaStore follower) {
            this.name = name;
            this.atLeader = leader.table(Catalog.EDITS);
            this.atFollower = follower.table(Catalog.EDITS);
        }

        void round(int number, Freshness freshness) {
            Edit written = new Edit("java.base", name + " read " + number);
            Revision revision = atLeader.put(KEY, written);
            long start = System.nanoTime();
            boolean seen = atFollower
                    .reading(freshness.after(revision))
                    .get(KEY)
                    .filter(written::equals)
                    .isPresent();
            nanos += System.nanoTime() - start;
            if (!seen) {
                stale++;
            }
        }
    }
}
