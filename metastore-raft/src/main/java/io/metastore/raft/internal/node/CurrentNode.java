package io.metastore.raft.internal.node;

import io.metastore.api.MetastoreException;
import io.metastore.api.StoreClosedException;
import io.metastore.api.StoreFailedException;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.MemberDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node of a store. A recovery takes its place while the store is open: the node is suspended, something is done to its directory, and the directory is opened
 * anew, by the same steps as after a restart. Local reads are served all the while, by the old node until the new one is there.
 *
 * <p>Callable from any thread.
 */
public final class CurrentNode {

    private static final Logger log = LoggerFactory.getLogger(CurrentNode.class);

    /** How long a read waits that finds the old node closed and the new one not there yet. */
    private static final Duration SUCCESSOR_MAX = Duration.ofSeconds(10);

    private static final Duration REJOIN_EVERY = Duration.ofSeconds(1);
    private static final Duration CLOSE_MAX = Duration.ofMillis(1900);

    /** Opens a directory again, and lets a member come back that was left behind. */
    public interface Reopening {
        /** Opens the directory that another node holds. */
        Node open(MemberDirectory held);

        /** Whether the member may come back by itself, now that the cluster was recovered without it. */
        boolean mayRejoin(MemberDirectory held);

        /**
         * Answers at the member's address while it takes no part.
         *
         * @param held its directory
         * @return ends that; does nothing when the member listens nowhere, or its address cannot be had
         */
        Runnable listen(MemberDirectory held, Transport.Handler handler);

        /**
         * Lets it come back, with the next {@link #open}.
         *
         * @param told where somebody of the next epoch listens
         */
        void rejoin(MemberDirectory held, String told);
    }

    private final Reopening opener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition exchanged = lock.newCondition();

    private final Path directory;
    private final RecoveryDesk desk;
    private volatile Node node;

    /** Guarded by the lock. */
    private boolean exchanging;

    /** Guarded by the lock. */
    private boolean closed;

    /** Guarded by the lock. */
    private Runnable onClose = () -> {};

    /** Ends the answering of a member that is sealed. Guarded by the lock. */
    private Runnable endListening = () -> {};

    /** The node of a store that was just opened. */
    public CurrentNode(Node first, Reopening opener) {
        this.node = first;
        this.opener = opener;
        this.directory = first.parts().directory.root();
        this.desk = new RecoveryDesk(first.name(), directory);
        OpenStores.add(this);
        take(first);
    }

    private void take(Node taken) {
        taken.parts().ending.onSuperseded(this::superseded);
        taken.parts().answerRecoveries(desk);
    }

    /** Real path of its directory. */
    public Path directory() {
        return directory;
    }

    public Node get() {
        return node;
    }

    /**
     * Whoever found a node closed asks for the one that took its place.
     *
     * @param failure thrown when there is none
     */
    public Node after(Node found, StoreClosedException failure) {
        Node now = node;
        if (now != found) {
            return now;
        }
        lock.lock();
        try {
            long left = SUCCESSOR_MAX.toNanos();
            while (exchanging && node == found && left > 0) {
                left = exchanged.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        if (node == found) {
            throw failure;
        }
        return node;
    }

    /** What meters look at, whichever node it is. */
    public NodeGauges gauges() {
        return new NodeGauges(this);
    }

    /** Runs once when the store is closed, before anything else. */
    public void onClose(Runnable action) {
        lock.lock();
        try {
            onClose = action;
            node.onClose(action);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the node's part in its epoch, lets something be done to its directory, and opens that again, whether it was done or not.
     *
     * @param why in words; shown while it lasts
     * @param action what is done; it may find that it was done before
     * @return what the action returned, once the member takes part again
     * @throws MetastoreException the action failed, or the directory cannot be opened afterwards. When it is left sealed local reads go on from the old node, in
     *     state {@link io.metastore.api.StoreState#RECOVERING}; when it cannot be opened again in the same epoch they end too. This may be called again
     */
    public <T> T exchange(String why, Function<MemberDirectory, T> action) {
        Node before = begin();
        Node next = null;
        try {
            before.suspend(why);
            MemberDirectory directory = before.parts().directory;
            long epoch = directory.membership().epoch();
            T result = null;
            RuntimeException failure = null;
            try {
                result = action.apply(directory);
            } catch (RuntimeException e) {
                failure = e;
            }
            next = reopen(before, directory, epoch, failure);
            if (failure != null) {
                throw failure;
            }
            return required(result);
        } finally {
            end(before, next);
        }
    }

    /** Null when the action was cut off so that the member can neither go on as it was nor in another epoch. */
    private @Nullable Node reopen(
            Node before, MemberDirectory directory, long epoch, @Nullable RuntimeException failure) {
        try {
            if (!mayBeOpened(directory)) {
                return null;
            }
            if (liveEpoch(directory) == epoch) {
                before.parts().state.close(); // Its files cannot be open twice.
            }
            return opener.open(directory);
        } catch (MetastoreException e) {
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
            return null;
        }
    }

    private static boolean mayBeOpened(MemberDirectory directory) {
        try (EpochSuccession succession = EpochSuccession.within(directory.layer(), directory)) {
            return succession
                    .seal()
                    .filter(seal -> seal.forbids(succession.epoch()))
                    .isEmpty();
        }
    }

    private static long liveEpoch(MemberDirectory directory) {
        try (EpochSuccession succession = EpochSuccession.within(directory.layer(), directory)) {
            return succession.epoch();
        }
    }

    private Node begin() {
        lock.lock();
        try {
            if (closed) {
                throw new StoreClosedException("store is closed: member=" + node.name());
            }
            if (exchanging) {
                throw new UnavailableException("the member is being recovered already: member=" + node.name());
            }
            if (node.parts().condition.isWrong()) {
                throw new StoreFailedException(node.parts().condition.reason());
            }
            exchanging = true;
            endListening();
            return node;
        } finally {
            lock.unlock();
        }
    }

    /** The address is free then. The lock is held. */
    private void endListening() {
        Runnable ending = endListening;
        endListening = () -> {};
        ending.run();
    }

    /** So that whoever sealed it can lift that, and that it hears when others go on without it. */
    private CompletableFuture<byte[]> answerSealed(Method method, byte[] request) {
        return method == Method.DESCRIBE
                ? CompletableFuture.completedFuture(
                        node.parts().reporter.answerSealed(request).encode())
                : desk.handle(method, request);
    }

    private void end(Node before, @Nullable Node next) {
        boolean late;
        lock.lock();
        try {
            exchanging = false;
            if (next != null) {
                next.onClose(onClose);
                take(next);
                before.succeededBy(next);
                node = next;
            } else if (!closed) {
                endListening = opener.listen(before.parts().directory, this::answerSealed);
            }
            late = closed;
            exchanged.signalAll();
        } finally {
            lock.unlock();
        }
        if (next != null) {
            before.retire();
            log.info(
                    "member goes on: member={} epoch={}",
                    next.name(),
                    next.parts().directory.membership().epoch());
        }
        if (late) {
            node.close();
        }
    }

    /** Closes the store. While a recovery works on its directory that is not given free: when that takes longer than a bound, its end closes the store. */
    public void close() {
        boolean free;
        lock.lock();
        try {
            closed = true;
            OpenStores.remove(this);
            exchanged.signalAll();
            free = awaitEnd();
            endListening();
        } finally {
            lock.unlock();
        }
        desk.close();
        if (free) {
            node.close();
        } else {
            log.warn("store is closed when its recovery has ended, which goes on: member={}", node.name());
        }
    }

    /** On a thread of the node that has ended its part. */
    private void superseded(String told) {
        Node left = node;
        if (!mayRejoin(left)) {
            return;
        }
        while (!isClosed() && node == left) { // Another one hears for itself.
            try {
                exchange("it comes back after a recovery", directory -> {
                    opener.rejoin(directory, told);
                    return Boolean.TRUE;
                });
                return;
            } catch (MetastoreException e) {
                log.warn(
                        "member does not come back yet, tries again: member={} reason={}", node.name(), e.getMessage());
            } catch (RuntimeException e) {
                log.error("member does not come back because of a bug, tries again: member={}", node.name(), e);
            }
            awaitClosed(REJOIN_EVERY);
        }
    }

    private boolean mayRejoin(Node left) {
        try {
            return opener.mayRejoin(left.parts().directory);
        } catch (MetastoreException e) {
            log.warn(
                    "whether the member may come back cannot be told: member={} reason={}",
                    left.name(),
                    e.getMessage());
            return false;
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void awaitClosed(Duration atMost) {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (!closed && left > 0) {
                left = exchanged.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the store as if its process had died. For tests. */
    public void abandon() {
        lock.lock();
        try {
            closed = true;
            exchanged.signalAll();
            endListening();
        } finally {
            lock.unlock();
        }
        OpenStores.remove(this);
        node.abandon();
        desk.close();
    }

    /**
     * Waits until the member leads and the beginning of an epoch is on record.
     *
     * @return false when that took longer
     */
    public boolean awaitBegun(long epoch, Duration atMost) {
        Node now = node;
        return now.waiting(
                () -> now.leads() && now.cluster().lineage().stream().anyMatch(beginning -> beginning.epoch() == epoch),
                Deadline.after(atMost));
    }

    /** An interrupt is kept for afterwards. */
    private boolean awaitEnd() {
        boolean interrupted = false;
        long left = CLOSE_MAX.toNanos();
        while (exchanging && left > 0) {
            try {
                left = exchanged.awaitNanos(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !exchanging;
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("missing value");
        }
        return value;
    }
}
