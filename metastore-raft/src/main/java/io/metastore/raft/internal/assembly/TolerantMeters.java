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
    private final AtomicBoolean told = new AtomicBoolean();

    TolerantMeters(String member, Meters meters) {
        this.member = member;
        this.meters = meters;
    }

    @Override
    public void batch(int transactions, int bytes) {
        try {
            meters.batch(transactions, bytes);
        } catch (RuntimeException e) {
            refused(e);
        }
    }

    @Override
    public void resent() {
        try {
            meters.resent();
        } catch (RuntimeException e) {
            refused(e);
        }
    }

    @Override
    public void committed(long nanos) {
        try {
            meters.committed(nanos);
        } catch (RuntimeException e) {
            refused(e);
        }
    }

    @Override
    public void transaction(String outcome, long nanos) {
        try {
            meters.transaction(outcome, nanos);
        } catch (RuntimeException e) {
            refused(e);
        }
    }

    @Override
    public void retried() {
        try {
            meters.retried();
        } catch (RuntimeException e) {
            refused(e);
        }
    }

    @Override
    public void applied(int transactions, long nanos) {
        try {
            meters.applied(transactions, nanos);
        } catch (RuntimeException e) {
            refused(e);
        }
    }

    @Override
    public void checkpoint(boolean published, long nanos, long applyHeldNanos) {
        try {
            meters.checkpoint(published, nanos, applyHeldNanos);
        } catch (RuntimeException e) {
            refused(e);
        }
    }

    @Override
    public void read(String mode) {
        try {
            meters.read(mode);
        } catch (RuntimeException e) {
            refused(e);
        }
    }

    private void refused(RuntimeException e) {
        if (told.compareAndSet(false, true)) {
            log.warn("meters refused what they were told; not logged again: member={}", member, e);
        }
    }
}
