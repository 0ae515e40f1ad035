package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.transport.Method;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicates the leader's journal to one follower over the transport.
 *
 * <p>At most one append with entries is on its way. Entries that come meanwhile go together in the next one, at once after the reply. Heartbeats next
 * to it keep the leader alive while a follower's disk is slow or a message is lost.
 *
 * <p>Threads: see {@link AppenderSteps}. The thread that submits an entry sends it, the thread that completes the reply handles it. The appender's own is for
 * heartbeats, retries and catching up from disk.
 */
final class TransportLogAppender extends LogAppenderBase implements AppenderSteps.Work {
    private static final Logger log = LoggerFactory.getLogger(TransportLogAppender.class);

    /** After a commit with nothing else to send, how long until the follower is told. Under load the next append tells it. */
    private static final long COMMIT_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    /** A follower further behind is served by the appender's own thread: its entries may have to be read from disk. */
    private static final long NEAR_ENTRIES_MAX = 256;

    private static final int HEARTBEATS_ON_THE_WAY_MAX = 4;

    private final Wiring wiring;
    private final long heartbeatNanos;
    private final AppendRequests requests;
    private final ImageNotice imageNotice;
    private final RetryDelay retry;
    private final AppenderSteps steps;
    private final AppendReplies replies;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

    // Written by one step at a time; volatile because the next may run on another thread, and for the own thread's
    // sleep.
    private volatile boolean entriesOnTheWay;
    private volatile long sentNanos;
    private int heartbeatsOnTheWay;

    /** The follower did not answer when it was last sent something. Guarded by the step that runs. */
    private boolean silent;

    /** Set by anyone; the first message tells the follower who leads. */
    private volatile boolean heartbeatRequested = true;

    /** Another one was made for the same follower, before this one began: see {@link Appenders#created}. */
    private volatile boolean superseded;

    /** Nobody waits any more for this follower to become a member. */
    private volatile boolean stagingGivenUp;

    /** The follower has answered this appender. Guarded by the step that runs. */
    private boolean heard;

    TransportLogAppender(RaftServer.Division server, LeaderState leaderState, FollowerInfo follower, Wiring wiring) {
        super(server, leaderState, follower);
        this.wiring = wiring;
        this.heartbeatNanos = wiring.settings().timeouts().heartbeat().toNanos();
        this.requests = new AppendRequests(
                this, RatisOptions.entryBytesMax(wiring.settings().limits()));
        this.imageNotice = new ImageNotice(this);
        this.retry = new RetryDelay(heartbeatNanos);
        this.steps = new AppenderSteps(server, this, COMMIT_DELAY_NANOS);
        this.replies = new AppendReplies(this, wiring.appenders(), this::getNextIndexForInconsistency, this::backOff);
        this.sentNanos = System.nanoTime();
        if (wiring.appenders().created(leaderState, this)) {
            wiring.ballots().requireWon(server, wiring.life());
        }
    }

    /** Takes this one out before it begins: Ratis tells appenders apart by their followers. */
    void supersede() {
        superseded = true;
    }

    /** Nobody's when superseded. */
    @Override
    public RaftPeerId getFollowerId() {
        RaftPeerId follower = getFollower().getId();
        return superseded ? RaftPeerId.valueOf(follower + " superseded") : follower;
    }

    @Override
    public void start() {
        if (!superseded) {
            if (isStaged()) {
                // Ratis gives every new follower an image first, and waits for this mark. It waits besides for the
                // entry
                // that made the present configuration: an image is the only way to it when the journal begins later.
                getFollower().setAttemptedToInstallSnapshot();
            }
            wiring.appenders().add(this);
            super.start();
        }
    }

    @Override
    public CompletableFuture<LifeCycle.State> stopAsync() {
        wiring.appenders().remove(this);
        return super.stopAsync();
    }

    FollowerProgress progress() {
        FollowerInfo follower = getFollower();
        return new FollowerProgress(
                follower.getId().toString(),
                follower.getMatchIndex(),
                follower.getNextIndex(),
                Duration.ofMillis(follower.getLastRpcResponseTime().elapsedTimeMs()),
                isStaged());
    }

    /** Whether the follower is being caught up before the configuration names it. */
    private boolean isStaged() {
        return getLeaderState().isFollowerBootstrapping(getFollower());
    }

    /** Ratis knows no way to end the wait for a follower that answers; so this one is not heard any more, and Ratis gives up. */
    void giveUpStaging() {
        stagingGivenUp = true;
    }

    /** Tells a follower that was removed so. After the end of this appender. Hands over: the transport may run the follower's code. */
    void sayFarewell(long upTo) {
        Farewell farewell =
                new Farewell(this, requests, wiring.life(), this::call, this::getNextIndexForInconsistency, upTo);
        wiring.threads().start(this + "-farewell", farewell::say);
    }

    @Override
    public long getCallId() {
        return requests.lastCallId();
    }

    @Override
    public Comparator<Long> getCallIdComparator() {
        return CallId.getComparator();
    }

    @Override
    public boolean hasPendingDataRequests() {
        return entriesOnTheWay;
    }

    /** Also for the first entry of a purged journal, which Ratis has no way to serve but from a state that ends right before it. */
    @Override
    @SuppressWarnings("NullAway") // Ratis takes null for none.
    public TermIndex getPrevious(long nextIndex) {
        TermIndex previous = super.getPrevious(nextIndex);
        LogPosition before = previous == null && nextIndex > 0 ? wiring.begin().before(nextIndex - 1) : null;
        return before == null ? previous : TermIndex.valueOf(before.term(), before.index());
    }

    /** There are new entries, or the commit index moved. */
    @Override
    public void notifyLogAppender() {
        if (!Thread.holdsLock(getServer())) {
            steps.run();
        } else if (!entriesOnTheWay && hasAppendEntries()) {
            steps.wakeOwnThread();
        }
    }

    /** Sends the follower a message now, so that it learns the commit index and confirms the leader. */
    @Override
    public void triggerHeartbeat() {
        heartbeatRequested = true;
        steps.run();
    }

    /**
     * Ratis' thread for this appender, which it interrupts to stop it. The work is done by another that nobody interrupts: over a transport inside the
     * JVM it runs the other member's code, whose journal would take an interrupt for its own.
     */
    @Override
    public void run() throws InterruptedException {
        Thread worker = wiring.threads().start(Thread.currentThread().getName() + "-worker", steps::runOwnThread);
        try {
            worker.join();
        } catch (InterruptedException e) {
            steps.stop(worker);
            throw e;
        }
    }

    @Override
    public void before() {
        CaughtUp.note(getServer(), getLeaderState(), getFollower());
    }

    @Override
    public void after() {
        getLeaderState().checkHealth(getFollower());
    }

    @Override
    public boolean isActive() {
        return !retry.isFailing() && (entriesOnTheWay || commitIsNews() || commitIsDue());
    }

    @Override
    public long idleNanos() {
        long now = System.nanoTime();
        return retry.isFailing() ? retry.remainingNanos(now) : sentNanos + heartbeatNanos - now;
    }

    private boolean commitIsNews() {
        return getFollower().getCommitIndex() < getRaftLog().getLastCommittedIndex();
    }

    /** What was sent just now is not committed yet: it will be within moments, or not for a while. */
    private boolean commitIsDue() {
        return getFollower().getCommitIndex() < getRaftLog().getNextIndex() - 1
                && System.nanoTime() - sentNanos < heartbeatNanos / 2;
    }

    @Override
    public void failed(Exception e) {
        if (isRunning()) { // Else the term has passed, and the leader state says so with an exception.
            log.warn("append failed: from={} to={}", getServer().getId(), getFollowerId(), e);
            backOff();
        }
    }

    @Override
    public void died(Error e) {
        wiring.life().fail("replication died: to=" + getFollowerId(), e);
    }

    @Override
    public void step() throws IOException {
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            handle(answer);
        }
        if (!isRunning() || wiring.life().isOver() || retry.remainingNanos(System.nanoTime()) > 0) {
            return;
        }
        if (stagingGivenUp && isStaged()) {
            retry.failed(); // Nothing more to do but to wait for Ratis to stop this.
            return;
        }
        if (!entriesOnTheWay && hasAppendEntries()) {
            long limit = limit();
            if (getFollower().getNextIndex() <= limit) { // Else with the next heartbeat, or when more is committed.
                sendEntries(limit);
            }
        }
        if (heartbeatIsDue()) {
            sendHeartbeat();
        }
    }

    /** Up to which entry it may be sent the journal before others have more. */
    private long limit() {
        return LastToHear.limit(
                getFollowerId(),
                getServer().getRaftConf(),
                getRaftLog().getLastCommittedIndex(),
                getServer().getId(),
                wiring.appenders()::matchIndex);
    }

    private void sendEntries(long limit) throws IOException {
        boolean near = getRaftLog().getNextIndex() - getFollower().getNextIndex() <= NEAR_ENTRIES_MAX;
        if (!near && !steps.onOwnThread()) {
            steps.wakeOwnThread();
            return;
        }
        // A new follower's first answer tells how far its journal reaches, which may spare it an image.
        boolean unknown = isStaged()
                && !heard
                && getRaftLog().getStartIndex() > getFollower().getNextIndex();
        InstallSnapshotRequestProto notice = unknown ? null : imageNotice.next();
        if (notice != null) {
            entriesOnTheWay = true;
            send(Method.RAFT_SNAPSHOT, notice.toByteArray(), Answer.Sent.imageNotice());
            return;
        }
        AppendEntriesRequestProto request = requests.next(limit);
        if (request == null) {
            backOff(); // Purged this moment, or the follower needs an image as the next look will tell.
            return;
        }
        if (!requests.isTermCurrent()) {
            return;
        }
        entriesOnTheWay = true;
        heartbeatRequested = false; // The entries carry the commit index as well.
        send(Method.RAFT_APPEND, request.toByteArray(), Answer.Sent.of(request));
        steps.wakeOwnThreadIfAsleep(); // So that it sees the commit that follows.
    }

    private boolean heartbeatIsDue() {
        if (heartbeatsOnTheWay >= HEARTBEATS_ON_THE_WAY_MAX) {
            return false;
        }
        long silent = System.nanoTime() - sentNanos;
        return heartbeatRequested
                || silent >= heartbeatNanos
                || (silent >= COMMIT_DELAY_NANOS && steps.onOwnThread() && !entriesOnTheWay && commitIsNews());
    }

    private void sendHeartbeat() {
        AppendEntriesRequestProto request =
                isConfirmationLacking() ? requests.question() : requests.heartbeat(entriesOnTheWay);
        if (!requests.isTermCurrent()) {
            return;
        }
        heartbeatsOnTheWay++;
        heartbeatRequested = false;
        getFollower().updateLastRpcSendTime(true);
        send(Method.RAFT_APPEND, request.toByteArray(), Answer.Sent.of(request));
    }

    /** A new follower that says it has committed all there is was sent nothing, so it confirmed nothing. */
    private boolean isConfirmationLacking() {
        FollowerInfo follower = getFollower();
        return isStaged()
                && !entriesOnTheWay
                && !hasAppendEntries()
                && follower.getMatchIndex() < follower.getCommitIndex();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The end of the chain.
    private void send(Method method, byte[] request, Answer.Sent sent) {
        sentNanos = System.nanoTime();
        getFollower().updateLastRpcSendTime(false);
        call(method, request).whenComplete((reply, failure) -> {
            answers.add(new Answer(sent, reply, failure));
            steps.run();
        });
    }

    private CompletableFuture<byte[]> call(Method method, byte[] request) {
        return wiring.transport()
                .call(
                        wiring.addressOf(getFollower().getPeer()),
                        method,
                        request,
                        wiring.settings().timeouts().request());
    }

    private void handle(Answer answer) throws IOException {
        Answer.Sent sent = answer.sent();
        if (sent.kind() == Answer.Kind.HEARTBEAT || sent.kind() == Answer.Kind.QUESTION) {
            heartbeatsOnTheWay--;
        } else {
            entriesOnTheWay = false;
        }
        if (!isRunning() || (stagingGivenUp && isStaged())) {
            return;
        }
        byte[] reply = answer.reply();
        if (reply == null) {
            unanswered(answer.failure());
            return;
        }
        answered(sent);
        if (sent.kind() == Answer.Kind.IMAGE_NOTICE) {
            if (!imageNotice.handle(RaftMessages.parse(reply, InstallSnapshotReplyProto.parser()))) {
                backOff();
            }
        } else {
            replies.handle(sent, RaftMessages.parse(reply, AppendEntriesReplyProto.parser()));
        }
    }

    private void unanswered(@Nullable Throwable failure) {
        if (!silent) {
            silent = true;
            log.info(
                    "follower does not answer: from={} to={} cause={}",
                    getServer().getId(),
                    getFollowerId(),
                    String.valueOf(failure));
        }
        backOff();
    }

    private void answered(Answer.Sent sent) {
        heard = true;
        getFollower().updateLastRpcResponseTime();
        getFollower().updateLastRespondedAppendEntriesSendTime(sent.time());
        int failures = retry.worked();
        if (silent) {
            silent = false;
            log.info("follower answers: from={} to={} failures={}", getServer().getId(), getFollowerId(), failures);
        }
    }

    private void backOff() {
        retry.failed();
        heartbeatRequested = true; // Whether it is back is learned from anything; entries go first when there are any.
        if (!steps.onOwnThread()) {
            steps.wakeOwnThread();
        }
    }
}
