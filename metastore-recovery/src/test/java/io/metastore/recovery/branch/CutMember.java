package io.metastore.recovery.branch;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.Consent;
import io.metastore.recovery.PlanOptions;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.Source;
import io.metastore.recovery.Tail;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A real member without a port, which is recovered with less than its journal has. */
final class CutMember {
    static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    private CutMember() {}

    /** Recovers it up to the entry of this revision; the member is stopped. */
    static RecoveryPlan cutBehind(Path directory, Revision last) {
        RecoveryPlan plan = Recovery.of(Source.directory(directory))
                .survey()
                .plan(PlanOptions.DEFAULT.tail(Tail.cutAt(last.position().index())));
        plan.apply(Consent.to(plan));
        return plan;
    }

    /** Starts it in its next epoch, and waits until the beginning of that is on record. */
    static MetaStore openRecovered(Path directory, int epochs) {
        MetaStore store = MetaStore.open(directory);
        boolean begun = false;
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> store.cluster().lineage().size() == epochs);
            begun = true;
            return store;
        } finally {
            if (!begun) {
                SimulatedNetwork.kill(store);
            }
        }
    }

    static Branch only(Path... directories) {
        List<Branch> found = Recovery.branches(directories).list();
        if (found.size() != 1) {
            throw new AssertionError("expected one branch: " + found);
        }
        return found.get(0);
    }
}
