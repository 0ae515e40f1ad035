package io.metastore.raft.internal.node;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.RevisionLostException;
import io.metastore.api.StoreClosedException;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.api.UnavailableException;
import io.metastore.snapshot.state.MetaState;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * When the state here may be read, after a barrier that fits the mode; and the waiting for what the state is to contain. Callable from any thread.
 */
final class NodeReads {

    private final NodeParts parts;
    private final MetaState state;

    NodeReads(NodeParts parts) {
        this.parts = parts;
        this.state = parts.state;
    }

    private String name() {
        return parts.members.self();
    }

    /** Throws when the store is closed. A member that has stopped for good is open: local reads go on. */
    void checkOpen() {
        if (parts.condition.isClosed()) {
            throw new StoreClosedException("store is closed: member=" + name());
        }
    }

    /** Throws also when this member has stopped for good. */
    void checkTakesPart() {
        checkOpen();
        if (parts.condition.state() == StoreState.RECOVERING) {
            throw new UnavailableException(parts.condition.reason());
        }
        if (parts.condition.hasStopped()) {
            throw new StoreFailedException(parts.condition.reason());
        }
    }

    /** Throws when nothing may be read from the state here, however old it may be. */
    void checkServes() {
        checkOpen();
        if (parts.condition.isWrong()) {
            throw new StoreFailedException(parts.condition.reason());
        }
    }

    /**
     * Waits until the state here contains all that was acknowledged to anybody before this call.
     *
     * @return the index that contains it: a view at or behind this index, also an earlier one, is as good as a linearizable read
     */
    long confirm(Deadline deadline) {
        checkServes();
        long index = linearize(deadline);
        parts.meters.read("linearizable");
        return index;
    }

    /** Waits until a read of this mode may be served from the state here. */
    void beforeRead(ReadMode mode, Deadline deadline) {
        checkServes();
        if (mode instanceof ReadMode.Linearizable) {
            confirm(deadline);
        } else if (mode instanceof ReadMode.Local) {
            parts.meters.read("local");
        } else if (mode instanceof ReadMode.AtLeast atLeast) {
            awaitRevision(atLeast.revision(), deadline);
            parts.meters.read("at_least");
        } else if (mode instanceof ReadMode.MaxLag maxLag) {
            if (!isFresh(maxLag.lag())) {
                linearize(deadline);
            }
            parts.meters.read("max_lag");
        } else {
            throw new AssertionError(mode);
        }
    }

    private boolean isFresh(Duration lag) {
        ReadBarrier.Confirmed last = parts.readIndexes.barrier().last();
        return last != null
                && Duration.ofNanos(System.nanoTime() - last.startedNanos()).compareTo(lag) <= 0
                && state.current().position().index() >= last.index();
    }

    /** Tries again while there may be a leader soon: an election in between is not the reader's business. */
    private long linearize(Deadline deadline) {
        while (true) {
            checkTakesPart();
            try {
                long index = parts.readIndexes.barrier().await(deadline);
                awaitIndex(index, deadline);
                return index;
            } catch (InterruptedException e) {
                throw interrupted();
            } catch (UnavailableException e) {
                if (deadline.passed() || hopeless()) {
                    throw e;
                }
                waiting(() -> false, new Deadline(Math.min(deadline.nanos(), System.nanoTime() + 20_000_000)));
            }
        }
    }

    private boolean hopeless() {
        StoreState now = parts.condition.state();
        return now != StoreState.SERVING
                && now != StoreState.STARTING
                && now != StoreState.FORMING
                && now != StoreState.JOINING;
    }

    /** Waits until the state here contains the index. */
    void awaitIndex(long index, Deadline deadline) {
        if (!waiting(() -> state.current().position().index() >= index, deadline)) {
            throw new DeadlineExceededException(
                    "this member has not applied the index within the deadline: member=" + name()
                            + " index=" + index + " applied="
                            + state.current().position().index() + "; "
                            + parts.condition.reason());
        }
    }

    /** Waits until the state here contains the revision, or it is known that it never will. */
    void awaitRevision(Revision revision, Deadline deadline) {
        if (state.current().revision().number() < revision.number()) {
            hurry();
        }
        AwaitedRevision awaited = new AwaitedRevision(
                revision, parts.epoch(), () -> state.current().revision(), asked -> parts.cluster()
                        .fateOf(asked));
        boolean over = waiting(awaited, deadline);
        String lost = awaited.lost();
        if (lost != null) {
            throw new RevisionLostException(
                    "the revision is not part of the history: member=" + name() + " revision=" + revision + " epoch="
                            + revision.epoch() + " position=" + revision.position() + " reason=" + lost
                            + "; what was read up to it may be gone: read it again without waiting for this revision",
                    revision);
        }
        if (!over) {
            throw new DeadlineExceededException(
                    "this member has not reached the revision within the deadline: member=" + name() + " revision="
                            + revision + " applied=" + state.current().revision() + "; " + parts.condition.reason());
        }
    }

    /** A follower that is behind asks the leader, which tells it the commit index at once instead of with its next message. */
    @SuppressWarnings("FutureReturnValueIgnored") // The answer is not needed, only that it was asked for.
    private void hurry() {
        if (!parts.members.leads()) {
            parts.readIndexes.barrier().join();
        }
    }

    /** Waits until the condition holds; false when the deadline came first. */
    boolean waiting(BooleanSupplier reached, Deadline deadline) {
        try {
            boolean[] stopped = {false};
            boolean met = parts.gate.await(
                    () -> {
                        boolean there = reached.getAsBoolean();
                        stopped[0] = parts.condition.isClosed() || (!there && parts.condition.hasStopped());
                        return stopped[0] || there;
                    },
                    deadline);
            if (stopped[0]) {
                checkTakesPart();
            }
            return met;
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private DeadlineExceededException interrupted() {
        Thread.currentThread().interrupt();
        return new DeadlineExceededException("the calling thread was interrupted while it waited: member=" + name());
    }
}
