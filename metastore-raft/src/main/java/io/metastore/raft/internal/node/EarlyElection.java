package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.Following;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the leader is gone before the election timeout does, and lets the right follower stand for election then.
 *
 * <p>A follower that heard nothing for {@link #QUIET} asks the leader whether it still leads. {@link LeaderLoss} says when the answers are proof of
 * its end, {@link Succession} who stands. The election timeouts stay as they are for everything this does not see.
 *
 * <p>Threads: all state belongs to the owner, a single thread that also calls {@link #look}; what was asked comes back to it. {@link #answer} is
 * callable from any thread and never blocks.
 */
final class EarlyElection {

    /** How often to look. */
    static final Duration INTERVAL = Duration.ofMillis(50);

    /** Silence after which the leader is asked. Far below a heartbeat interval, which costs an idle cluster a few small messages a second. */
    private static final Duration QUIET = Duration.ofMillis(100);

    /** How long an answer may take; a slow one comes before the next question or counts as none. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMillis(250);

    /** Rounds of agreement that each member before this one in the order gets to be elected. */
    private static final int ROUNDS_PER_PLACE = 4;

    private static final Logger log = LoggerFactory.getLogger(EarlyElection.class);

    private final Members members;
    private final Executor owner;
    private final int silentLooksMax;

    /** Null while this member follows nobody. */
    private @Nullable Watch watch;

    /** The leader this member is certain to have lost. Written by the owner. */
    private volatile LeaderOpinion.@Nullable Question lost;

    /**
     * Looks at nothing by itself.
     *
     * @param electionMax longest election timeout
     * @param owner the thread that calls {@link #look}
     */
    EarlyElection(Members members, Duration electionMax, Executor owner) {
        this.members = members;
        this.owner = owner;
        this.silentLooksMax = (int) Math.max(LeaderLoss.REFUSALS, electionMax.dividedBy(INTERVAL));
    }

    /** Called by the owner at equal intervals. */
    void look() {
        Engine engine = members.engine();
        Transport transport = members.transport();
        Following following = engine == null ? null : engine.following();
        if (engine == null || transport == null || following == null || !members.peers().votes()) {
            watch = null;
            lost = null;
            return;
        }
        Watch now = watch;
        if (now == null || !following.follows(now.question.leader(), now.question.term())) {
            now = new Watch(engine, transport, new LeaderOpinion.Question(following.leader(), following.term()));
            watch = now;
        }
        now.look(following.silence());
    }

    /** What this member thinks of a leader. */
    CompletableFuture<byte[]> answer(byte[] request) {
        Engine engine = members.engine();
        if (engine == null) {
            return CompletableFuture.failedFuture(new TransportException(
                    TransportException.Kind.REFUSED, "member is not ready for this: member=" + members.self()));
        }
        LeaderOpinion.Question question = LeaderOpinion.Question.decode(request);
        boolean gone = question.leader().equals(members.self())
                ? !engine.leads(question.term())
                : question.equals(lost) && isQuiet(engine.following(), question);
        return CompletableFuture.completedFuture(
                new LeaderOpinion(gone, engine.currentTerm(), engine.lastEntry()).encode());
    }

    private static boolean isQuiet(@Nullable Following following, LeaderOpinion.Question question) {
        return following != null
                && following.follows(question.leader(), question.term())
                && following.silence().compareTo(QUIET) >= 0;
    }

    /** One leader in one term, watched by this follower. */
    private final class Watch {

        private final Engine engine;
        private final Transport transport;
        private final LeaderOpinion.Question question;
        private final byte[] encoded;
        private final LeaderLoss loss = new LeaderLoss(silentLooksMax);
        private boolean leaderAsked;
        private boolean votersAsked;
        private boolean standing;
        private int agreedRounds;

        Watch(Engine engine, Transport transport, LeaderOpinion.Question question) {
            this.engine = engine;
            this.transport = transport;
            this.question = question;
            this.encoded = question.encode();
        }

        void look(Duration silence) {
            loss.look();
            if (silence.compareTo(QUIET) < 0) {
                loss.alive();
            } else if (!leaderAsked) {
                askLeader();
            }
            judge();
        }

        private void judge() {
            if (watch != this) {
                return; // An answer about a leader of the past.
            }
            boolean certain = loss.isCertain();
            lost = certain ? question : null;
            if (!certain) {
                agreedRounds = 0;
            } else if (!votersAsked && !standing) {
                askVoters();
            }
        }

        @SuppressWarnings("FutureReturnValueIgnored") // Comes back to the owner, or to nobody once that has ended.
        private void askLeader() {
            Membership.Member leader = members.peers().find(question.leader()).orElse(null);
            if (leader == null) {
                return;
            }
            leaderAsked = true;
            transport
                    .call(leader.address(), Method.LEADER_OPINION, encoded, ANSWER_TIMEOUT)
                    .whenCompleteAsync(this::leaderAnswered, owner);
        }

        private void leaderAnswered(byte @Nullable [] reply, @Nullable Throwable error) {
            leaderAsked = false;
            if (reply == null ? isDown(error) : LeaderOpinion.decode(reply).gone()) {
                loss.refused();
                judge();
            } else if (reply != null) {
                loss.alive();
                judge();
            }
        }

        @SuppressWarnings("FutureReturnValueIgnored") // As above.
        private void askVoters() {
            votersAsked = true;
            Map<String, LeaderOpinion> opinions = new ConcurrentHashMap<>();
            List<Membership.Member> voters = members.peers().otherVoters().stream()
                    .filter(voter -> !voter.name().equals(question.leader()))
                    .toList();
            CompletableFuture<?>[] answers = voters.stream()
                    .map(voter -> transport
                            .call(voter.address(), Method.LEADER_OPINION, encoded, ANSWER_TIMEOUT)
                            .thenAccept(reply -> opinions.put(voter.name(), LeaderOpinion.decode(reply))))
                    .toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(answers).whenCompleteAsync((all, error) -> votersAnswered(opinions), owner);
        }

        private void votersAnswered(Map<String, LeaderOpinion> opinions) {
            votersAsked = false;
            if (watch != this || !loss.isCertain()) {
                return;
            }
            OptionalInt place = Succession.place(
                    members.self(),
                    engine.lastEntry(),
                    question.term(),
                    members.peers().majority(),
                    opinions);
            agreedRounds = place.isPresent() ? agreedRounds + 1 : 0;
            if (place.isPresent() && agreedRounds > place.getAsInt() * ROUNDS_PER_PLACE) {
                stand(place.getAsInt(), opinions);
            }
        }

        @SuppressWarnings("FutureReturnValueIgnored") // As above.
        private void stand(int place, Map<String, LeaderOpinion> opinions) {
            standing = true;
            log.info(
                    "leader is gone, member stands for election: member={} leader={} term={} place={} opinions={}",
                    members.self(),
                    question.leader(),
                    question.term(),
                    place,
                    opinions);
            engine.standForElection(question.leader(), question.term())
                    .whenCompleteAsync((stands, error) -> standing = false, owner);
        }
    }

    /** Whether nobody listens there, or the connection was refused or reset; a late answer or a refusal of the question is not that. */
    private static boolean isDown(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        return cause instanceof TransportException e && e.kind() == TransportException.Kind.UNREACHABLE;
    }
}
