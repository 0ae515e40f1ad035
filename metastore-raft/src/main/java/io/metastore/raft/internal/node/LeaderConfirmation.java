package io.metastore.raft.internal.node;

import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How a leader makes sure that it still is one: it asks the other voters for their terms.
 *
 * <p>Why this is enough: a leader of a later term needs the votes of a majority, and whoever votes has that later term from then on. If a majority,
 * this member included, still has no later term than this leader's when asked, no later leader had been elected when the asking began, so every
 * write acknowledged before that is at or below this leader's commit index. Ratis' own confirmation may be left out for an index confirmed before and
 * is therefore not used.
 */
final class LeaderConfirmation {

    private final String self;

    LeaderConfirmation(String self) {
        this.self = self;
    }

    /** The commit index a read has to wait for; fails with {@link UnavailableException}. Never blocks. */
    @SuppressWarnings("FutureReturnValueIgnored") // The callback takes result and failure alike.
    CompletableFuture<Long> confirm(Engine engine, Peers peers, @Nullable Transport transport, Duration timeout) {
        long term = engine.currentTerm();
        if (!engine.leaderReady()) {
            return CompletableFuture.failedFuture(new UnavailableException("member does not lead: member=" + self));
        }
        long index = engine.commitIndex();
        int needed = peers.majority() - 1;
        if (needed <= 0 || transport == null) {
            return stillLeads(engine, term)
                    ? CompletableFuture.completedFuture(index)
                    : CompletableFuture.failedFuture(deposed(term));
        }
        Round round = new Round(engine, term, index, needed, peers.otherVoters().size());
        for (Peers.Voter voter : peers.confirming()) {
            transport
                    .call(voter.address(), Method.CONFIRM_TERM, voter.id(), timeout)
                    .whenComplete((reply, error) -> round.answered(error == null ? reply : null));
        }
        return round.result;
    }

    private static boolean stillLeads(Engine engine, long term) {
        return engine.leaderReady() && engine.currentTerm() == term;
    }

    private UnavailableException deposed(long term) {
        return new UnavailableException("leadership ended while it was confirmed: member=" + self + " term=" + term);
    }

    /** Counts the answers of one round. */
    private final class Round {

        private final CompletableFuture<Long> result = new CompletableFuture<>();
        private final Engine engine;
        private final long term;
        private final long index;
        private final int needed;
        private int confirmed;
        private int outstanding;

        Round(Engine engine, long term, long index, int needed, int asked) {
            this.engine = engine;
            this.term = term;
            this.index = index;
            this.needed = needed;
            this.outstanding = asked;
        }

        void answered(byte @Nullable [] reply) {
            boolean enough;
            boolean hopeless;
            synchronized (this) {
                outstanding--;
                if (reply != null
                        && reply.length == Long.BYTES
                        && ByteBuffer.wrap(reply).getLong() <= term) {
                    confirmed++;
                }
                enough = confirmed >= needed;
                hopeless = confirmed + outstanding < needed;
            }
            if (enough && !result.isDone()) {
                if (stillLeads(engine, term)) {
                    result.complete(index);
                } else {
                    result.completeExceptionally(deposed(term));
                }
            } else if (hopeless) {
                result.completeExceptionally(new UnavailableException("a majority did not confirm the leader: member="
                        + self + " term=" + term + " confirmed=" + (confirmed + 1) + " needed=" + (needed + 1)));
            }
        }
    }
}
