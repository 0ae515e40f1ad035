package io.metastore.test;

import io.metastore.raft.ObservedOperations.Moment;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Kills a member when an operation has come to a step, once. Told of the steps by {@link io.metastore.raft.ObservedOperations} at every member. Thread-safe. */
final class KillAtStep {

    private final Duration patience;
    private @Nullable TestCluster cluster;
    private UnaryOperator<String> victim = UnaryOperator.identity();
    private @Nullable TestMember awaited;
    private int at;
    private int steps;
    private long operation = -1;
    private boolean ended;
    private @Nullable TestMember killed;
    private String where = "";

    KillAtStep(Duration patience) {
        this.patience = patience;
    }

    /**
     * The operation that makes the next step is the one that is meant.
     *
     * @param who name of the one who dies, told the name of the one who carries the operation out
     * @param starting who is not there yet when the first step is made, and is waited for; how often a leader then tries would be chance
     * @param step from 1
     */
    synchronized void arm(TestCluster here, UnaryOperator<String> who, @Nullable TestMember starting, int step) {
        cluster = here;
        victim = who;
        awaited = starting;
        at = step;
        steps = 0;
        operation = -1;
        ended = false;
        killed = null;
        where = "";
    }

    synchronized void disarm() {
        at = 0;
    }

    /** Somebody was killed, or the operation has ended with nobody killed. */
    synchronized boolean isOver() {
        return killed != null || (ended && at != 0);
    }

    /** Number of the operation that made a step; -1 when none has, or it has no number yet. */
    synchronized long operation() {
        return operation;
    }

    synchronized @Nullable TestMember killed() {
        return killed;
    }

    /** Which step it was, and who made it. */
    synchronized String where() {
        return where;
    }

    void reached(String member, long id, Moment moment) {
        awaitStart();
        TestMember dies = victimAt(member, id, moment);
        if (dies == null) {
            return;
        }
        Thread killer = new Thread(dies::kill, "test-kill-" + dies.name());
        killer.start();
        try {
            killer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // By the closing of the very member that is killed.
        }
        synchronized (this) {
            killed = dies;
        }
        if (dies.name().equals(member)) {
            throw new IllegalStateException("killed");
        }
    }

    private void awaitStart() {
        TestMember starting;
        synchronized (this) {
            starting = at == 0 ? null : awaited;
            awaited = null;
        }
        if (starting != null) {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(patience)
                    .until(starting::isRunning);
        }
    }

    private synchronized @Nullable TestMember victimAt(String member, long id, Moment moment) {
        if (at == 0 || cluster == null || (operation != -1 && operation != id)) {
            return null;
        }
        if (steps == 0 && moment == Moment.ENDED) {
            return null; // Of the one before, of which the end was in its record already.
        }
        operation = id;
        steps++;
        if (steps != at) {
            ended |= moment == Moment.ENDED;
            return null;
        }
        at = 0;
        where = moment + " at " + member;
        return cluster.member(victim.apply(member));
    }
}
