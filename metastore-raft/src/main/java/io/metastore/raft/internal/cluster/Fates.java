package io.metastore.raft.internal.cluster;

import io.metastore.api.Fate;
import io.metastore.api.Revision;
import io.metastore.snapshot.state.AppliedState;

/** What became of writes, by what this member has applied. */
public final class Fates {

    private final Ground ground;
    private final ClusterTable table;
    private final long epoch;

    /** @param epoch the one the member works in, by its directory */
    public Fates(Ground ground, ClusterTable table, long epoch) {
        this.ground = ground;
        this.table = table;
        this.epoch = epoch;
    }

    /** Never blocks. The state is looked at first: a beginning that is applied a moment later belongs to a later question. */
    Fate of(Revision receipt) {
        AppliedState now = ground.state().current();
        return new FateRule(epoch, now.revision(), now.position(), table.beginnings()).of(receipt);
    }

    ClusterTable table() {
        return table;
    }
}
