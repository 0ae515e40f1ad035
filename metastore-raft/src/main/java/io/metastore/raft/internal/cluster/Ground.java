package io.metastore.raft.internal.cluster;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.members.Roster;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.MetaState;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the parts of the membership need of the member they work in. Callable from any thread. */
public interface Ground {

    /** This member's name. */
    String self();

    /** Null while it does not run. */
    @Nullable
    Engine engine();

    MetaState state();

    /** The group as this member sees it. Never blocks; who answers was found out up to some seconds ago. */
    Roster roster();

    /** The same after asking everybody; waits up to a second for those that do not answer. */
    Roster freshRoster();

    /** The store's deadline for a call that names none. */
    Duration timeout();

    Instant now();

    /** What every blocking call does first; throws where this store must not be waited for, and when it is closed. */
    void enter(String call);

    /**
     * Commits a transaction and waits until this member has applied it.
     *
     * @throws io.metastore.api.MetastoreException as a write of the application's would
     */
    TransactionResult write(JournalTransaction transaction, Duration timeout);

    /**
     * Waits until the state here holds all that was committed before the call.
     *
     * @throws io.metastore.api.MetastoreException as a linearizable read would
     */
    void catchUp(Duration timeout);

    /**
     * Waits until the state here fulfils a condition; looks after each entry applied.
     *
     * @return false when the time is over
     * @throws io.metastore.api.MetastoreException the member has stopped, or the thread was interrupted
     */
    boolean await(BooleanSupplier reached, Duration timeout);
}
