package io.metastore.raft.internal.node;

import io.metastore.api.MetastoreException;
import io.metastore.raft.internal.cluster.ClusterTable;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.GroupMember;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that the cluster has recorded where this member listens, so that members that come later find it. Tries again until it has. */
final class AddressRecord {

    private static final Logger log = LoggerFactory.getLogger(AddressRecord.class);

    private static final Duration RECORD_MAX = Duration.ofSeconds(2);

    private final Members members;
    private final ClusterTable table;

    AddressRecord(Members members, ClusterTable table) {
        this.members = members;
        this.table = table;
    }

    /** Waits for the journal when there is something to record. */
    void look() {
        Engine engine = members.engine();
        String address = members.address();
        GroupMember self = engine == null || address.isEmpty()
                ? null
                : engine.configuration().withId(members.id());
        if (self == null || engine == null || (engine.following() == null && !engine.leaderReady())) {
            return;
        }
        String recorded = table.address(members.self());
        if (address.equals(recorded == null ? self.address() : recorded)) {
            return;
        }
        try {
            table.address(members.self(), address, RECORD_MAX);
            log.info("address recorded: member={} address={} before={}", members.self(), address, recorded);
        } catch (MetastoreException e) {
            log.info(
                    "address is not recorded yet: member={} address={} reason={}",
                    members.self(),
                    address,
                    e.getMessage());
        }
    }
}
