package io.metastore.raft.internal.assembly;

import io.metastore.raft.internal.node.Meters;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on whatever the application's meters throw: the thread that applies, proposes or makes images would otherwise die of them, on every member that has the same.
 * The first time is logged.
 */
final class TolerantMeters implements Meters {
    private static final Logger log = LoggerFactory.getLogger(TolerantMeters.class);

    private final String member;
    private final Meters meters;
    private final AtomicBoolean logged = new AtomicBoolean();

    TolerantMeters(String member, Meters meters) {
        this.member = member;
        this.meters = meters;
    }

    @Override
    public void batch(int transactions, int bytes) {
        tell(() -> meters.batch(transactions, bytes));
    }

    @Override
    public void resent() {
        tell(() -> meters.resent());
    }

    @Override
    public void committed(long nanos) {
        tell(() -> meters.committed(nanos));
    }

    @Override
    public void transaction(String outcome, long nanos) {
        tell(() -> meters.transaction(outcome, nanos));
    }

    @Override
    public void retried() {
        tell(() -> meters.retried());
    }

    @Override
    public void applied(int transactions, long nanos) {
        tell(() -> meters.applied(transactions, nanos));
    }

    @Override
    public void checkpoint(boolean published, long nanos, long applyHeldNanos) {
        tell(() -> meters.checkpoint(published, nanos, applyHeldNanos));
    }

    @Override
    public void read(String mode) {
        tell(() -> meters.read(mode));
    }

    private void tell(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            if (logged.compareAndSet(false, true)) {
                log.warn("meters refused what they were told; not logged again: member={}", member, e);
            }
        }
    }
}
