package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.TransportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;

/**
 * The Raft messages of other members.
 *
 * <p>Appends with entries are handed to Ratis on the calling thread, which does not wait for the disk, and one at a time: a second one, which is a resend
 * or comes from another leader, waits for the first to be on disk. Without that, Ratis acknowledges a resend of entries that are in memory but
 * not yet on disk. Notices of images take their turn with them. Heartbeats do not wait for appends. They, appends that make this member another than it was
 * and everything else run on the executor: Ratis starts threads there, which must not become children of a thread of the application.
 */
final class IncomingRaft {
    /** Appends that are not answered yet. */
    private final AtomicInteger inside = new AtomicInteger();

    private final EngineLife life;
    private final TermAndVote termAndVote;
    private final LeaderWatch leaderWatch;
    private final Executor blocking;
    private final BooleanSupplier takingImage;
    private final BooleanSupplier neverHadEntries;
    private final ElectionPause pause;
    private final ChangingVoter changingVoter;
    private final ObserverTimer observerTimer;
    private final OverwrittenEntries overwritten;
    private final SerialAppends appends = new SerialAppends();

    /**
     * What hands messages over to Ratis.
     *
     * @param takingImage whether a leader that sends notices of an image can be told at once to wait
     * @param neverHadEntries whether this member has no entries because it is new. Ratis counts no vote of a member without entries once it has
     *     committed one itself, as such a member may have lost them; told nothing about the last entry, it does. A member that is new has a vote like all others: when the leader is
     *     lost before that member has heard of it, there is no majority without.
     */
    IncomingRaft(
            EngineLife life,
            TermAndVote termAndVote,
            LeaderWatch leaderWatch,
            BooleanSupplier takingImage,
            BooleanSupplier neverHadEntries,
            ElectionPause pause,
            ChangingVoter changingVoter,
            ObserverTimer observerTimer,
            OverwrittenEntries overwritten,
            Executor blocking) {
        this.overwritten = overwritten;
        this.pause = pause;
        this.changingVoter = changingVoter;
        this.observerTimer = observerTimer;
        this.takingImage = takingImage;
        this.neverHadEntries = neverHadEntries;
        this.life = life;
        this.termAndVote = termAndVote;
        this.leaderWatch = leaderWatch;
        this.blocking = blocking;
    }

    /**
     * Answers one message. Fails with {@link TransportException} as refused, with nothing changed, when the bytes are no such message, when it is meant
     * for another member or group, and once this engine takes none any more.
     */
    CompletableFuture<byte[]> handle(RaftServer.Division division, Method method, byte[] request) {
        try {
            return switch (method) {
                case RAFT_APPEND -> append(division, RaftMessages.parse(request, AppendEntriesRequestProto.parser()));
                case RAFT_VOTE -> vote(division, RaftMessages.parse(request, RequestVoteRequestProto.parser()));
                case RAFT_SNAPSHOT ->
                    installSnapshot(division, RaftMessages.parse(request, InstallSnapshotRequestProto.parser()));
                case RAFT_START_ELECTION ->
                    startElection(division, RaftMessages.parse(request, StartLeaderElectionRequestProto.parser()));
                case RAFT_READ_INDEX ->
                    readIndex(division, RaftMessages.parse(request, ReadIndexRequestProto.parser()));
                default -> refused("not a Raft message: method=" + method);
            };
        } catch (UncheckedIOException e) {
            return refused(
                    "message is malformed: method=" + method + " bytes=" + request.length + " cause=" + e.getCause());
        } catch (RejectedExecutionException e) { // Closed since.
            return refused("engine has stopped: method=" + method);
        } catch (TransportException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Ratis checks the group as well, but logs an error for each message of an old member; it does not check the member at all. */
    private static void checkRecipient(RaftServer.Division division, RaftRpcRequestProto header)
            throws TransportException {
        RaftGroupMemberId self = division.getMemberId();
        if (!header.getRaftGroupId().getId().equals(self.getGroupId().toByteString())
                || !header.getReplyId().equals(self.getPeerId().toByteString())) {
            throw new TransportException(
                    TransportException.Kind.REFUSED,
                    "message is for another member or group: here=" + self + " from="
                            + header.getRequestorId().toStringUtf8() + " to="
                            + header.getReplyId().toStringUtf8());
        }
    }

    static CompletableFuture<byte[]> refused(String why) {
        return CompletableFuture.failedFuture(new TransportException(TransportException.Kind.REFUSED, why));
    }

    private CompletableFuture<byte[]> append(RaftServer.Division division, AppendEntriesRequestProto request)
            throws TransportException {
        checkRecipient(division, request.getServerRequest());
        RaftServerAsynchronousProtocol target = (RaftServerAsynchronousProtocol) division;
        CompletableFuture<AppendEntriesReplyProto> reply;
        inside.incrementAndGet();
        if (life.isClosing()) { // Seen by whoever waits for the appends inside, or it sees this one.
            inside.decrementAndGet();
            return refused("engine is closing: node=" + division.getId());
        }
        if (request.getEntriesCount() == 0) {
            CompletableFuture<AppendEntriesReplyProto> later = new CompletableFuture<>();
            reply = later;
            try {
                blocking.execute(() -> {
                    SerialAppends.forward(call(() -> target.appendEntriesAsync(request)), later);
                    pause.settleSoon(); // It may have become a member with it.
                });
            } catch (RejectedExecutionException e) { // Closed since.
                later.completeExceptionally(new TransportException(
                        TransportException.Kind.REFUSED, "engine has stopped: node=" + division.getId()));
            }
        } else {
            reply = appends.run(() -> appendEntries(division, request));
        }
        return reply.whenComplete((answer, failure) -> inside.decrementAndGet()).thenApply(this::seal);
    }

    private CompletableFuture<AppendEntriesReplyProto> appendEntries(
            RaftServer.Division division, AppendEntriesRequestProto request) {
        NewEntries entries;
        boolean cutsOff;
        try {
            entries = NewEntries.of(request, division.getRaftLog());
            cutsOff = OverwrittenEntries.isContradicted(division.getRaftLog(), entries.rest());
        } catch (RuntimeException e) { // Closed since.
            return CompletableFuture.failedFuture(e);
        }
        if (!entries.isNothing()
                && !cutsOff
                && !ConfigurationAppend.brings(entries.rest())
                && isSettled(division.getInfo())
                && termAndVote.has(division.getInfo().getCurrentTerm())) {
            return call(() -> append(division, entries));
        }
        return CompletableFuture.completedFuture(entries)
                .thenComposeAsync(fresh -> call(() -> append(division, fresh)), blocking);
    }

    /** Whether an append changes nothing about what this member is; else Ratis starts threads. */
    private static boolean isSettled(DivisionInfo info) {
        return info.getLifeCycleState().isRunning()
                && (info.getCurrentRole() == RaftPeerRole.FOLLOWER || info.getCurrentRole() == RaftPeerRole.LISTENER);
    }

    private CompletableFuture<AppendEntriesReplyProto> append(RaftServer.Division division, NewEntries entries)
            throws IOException {
        RaftServerAsynchronousProtocol target = (RaftServerAsynchronousProtocol) division;
        termAndVote.ensure(division.getInfo().getCurrentTerm()); // No entry is to be on disk before its term.
        if (entries.isNothing()) {
            return entries.acknowledge(target, division.getRaftLog(), blocking);
        }
        AppendEntriesRequestProto rest = entries.rest();
        if (OverwrittenEntries.isContradicted(division.getRaftLog(), rest)) {
            overwritten.keepBefore(
                    division.getRaftLog(), rest, division.getInfo().getCurrentTerm());
        }
        if (ConfigurationAppend.brings(rest)) {
            return appendConfiguration(division, rest);
        }
        CompletableFuture<AppendEntriesReplyProto> reply = target.appendEntriesAsync(rest);
        pause.settleSoon(); // It may have become a member with it.
        return reply;
    }

    /** Configurations hold from the moment they are in the journal. */
    private CompletableFuture<AppendEntriesReplyProto> appendConfiguration(
            RaftServer.Division division, AppendEntriesRequestProto request) throws IOException {
        observerTimer.endBefore(division, request);
        CompletableFuture<AppendEntriesReplyProto> reply = new ConfigurationAppend(division, request).run();
        reviewVote(division);
        return reply.whenComplete((answer, failure) -> reviewVote(division));
    }

    private void reviewVote(RaftServer.Division division) {
        pause.review();
        changingVoter.review(division);
    }

    /**
     * Waits until the appends that came before {@link EngineLife#closing()} are answered, or the time is over. Ratis would meet them with a closed journal
     * and log an error for each.
     */
    void awaitQuiet(Duration max) {
        long end = System.nanoTime() + max.toNanos();
        while (inside.get() > 0 && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(100_000);
        }
    }

    /** Last check before an acknowledgement leaves: the journal may have failed meanwhile, the term may have to reach the disk first. */
    private byte[] seal(AppendEntriesReplyProto reply) {
        try {
            termAndVote.ensure(reply.getTerm());
        } catch (IOException e) {
            life.fail("term could not be made durable", e);
        }
        if (life.isOver()) {
            throw new CompletionException(
                    new TransportException(TransportException.Kind.REFUSED, "engine has stopped"));
        }
        return reply.toByteArray();
    }

    private CompletableFuture<byte[]> vote(RaftServer.Division division, RequestVoteRequestProto request)
            throws TransportException {
        checkRecipient(division, request.getServerRequest());
        return block(() -> {
            RequestVoteReplyProto reply =
                    changingVoter.vote(division, () -> ((RaftServerProtocol) division).requestVote(request));
            leaderWatch.look(); // A vote given away forgets the leader.
            RequestVoteReplyProto.Builder answer = reply.toBuilder();
            if (isTakenForRemoved(division, request, reply)) {
                answer.setShouldShutdown(false);
            }
            if (neverHadEntries.getAsBoolean()) {
                answer.clearLastEntry();
            }
            return answer.build();
        });
    }

    /** Ratis, as leader, tells everybody to shut down who stands for election without a vote: also a member that does not know yet that it is an observer. */
    private static boolean isTakenForRemoved(
            RaftServer.Division division, RequestVoteRequestProto request, RequestVoteReplyProto reply) {
        return reply.getShouldShutdown()
                && Configurations.of(division.getRaftConf())
                                .withId(request.getServerRequest()
                                        .getRequestorId()
                                        .toStringUtf8())
                        != null;
    }

    private CompletableFuture<byte[]> installSnapshot(RaftServer.Division division, InstallSnapshotRequestProto request)
            throws TransportException {
        checkRecipient(division, request.getServerRequest());
        DivisionInfo info = division.getInfo();
        boolean fromLeader = info.getCurrentTerm() == request.getLeaderTerm()
                && info.getLeaderId() != null
                && info.getLeaderId()
                        .equals(RaftPeerId.valueOf(request.getServerRequest().getRequestorId()));
        if (fromLeader && takingImage.getAsBoolean()) {
            return CompletableFuture.completedFuture(
                    answer(request, InstallSnapshotResult.IN_PROGRESS, 0).toByteArray());
        }
        long has = fromLeader ? has(division.getRaftLog()) : -1;
        long first = request.getNotification().getFirstAvailableTermIndex().getIndex();
        if (request.hasNotification() && has >= 0 && has + 1 >= first) {
            return CompletableFuture.completedFuture(answer(request, InstallSnapshotResult.ALREADY_INSTALLED, has)
                    .toByteArray());
        }
        // In turn with appends: Ratis forgets those that are being written when it takes an image, and never answers
        // them.
        return appends.run(() -> block(() -> ((RaftServerProtocol) division).installSnapshot(request)));
    }

    /**
     * Up to where the journal is on the disk and the same as the leader's. A leader that was not told so, because an answer was lost, and has purged the entry that it
     * would send next, would have an image fetched in vain, again and again until there is a newer one.
     */
    private static long has(RaftLog journal) {
        return Math.min(journal.getLastCommittedIndex(), journal.getFlushIndex());
    }

    private static InstallSnapshotReplyProto answer(
            InstallSnapshotRequestProto request, InstallSnapshotResult result, long index) {
        RaftRpcRequestProto header = request.getServerRequest();
        return InstallSnapshotReplyProto.newBuilder()
                .setServerReply(RaftRpcReplyProto.newBuilder()
                        .setRequestorId(header.getRequestorId())
                        .setReplyId(header.getReplyId())
                        .setRaftGroupId(header.getRaftGroupId())
                        .setCallId(header.getCallId())
                        .setSuccess(result == InstallSnapshotResult.ALREADY_INSTALLED))
                .setTerm(request.getLeaderTerm())
                .setResult(result)
                .setSnapshotIndex(index)
                .build();
    }

    /** Runs work that may wait for the disk on the executor, while no append of another member and no image is being handled. */
    <T> CompletableFuture<T> alone(Supplier<CompletableFuture<T>> work) {
        return appends.run(
                () -> CompletableFuture.completedFuture(Boolean.TRUE).thenComposeAsync(now -> work.get(), blocking));
    }

    private CompletableFuture<byte[]> startElection(
            RaftServer.Division division, StartLeaderElectionRequestProto request) throws TransportException {
        checkRecipient(division, request.getServerRequest());
        return block(() -> pause.handedOver(() -> ((RaftServerProtocol) division).startLeaderElection(request)));
    }

    /** Makes a follower of this member when it is a candidate that may have no election, see {@link IdleCandidate}. */
    @SuppressWarnings("FutureReturnValueIgnored") // What they change is what matters.
    void endIdleCandidacy(RaftServer.Division division) {
        DivisionInfo info = division.getInfo();
        long term = info.getCurrentTerm();
        RaftPeerId leader = info.getLeaderId();
        if (!IdleCandidate.isPossible(info)) {
            return;
        }
        try {
            if (leader != null) {
                append(division, IdleCandidate.heartbeat(division, leader, term));
            } else {
                vote(division, IdleCandidate.lostElection(division));
            }
        } catch (TransportException e) {
            throw new IllegalStateException("a message to this member is not for this member", e);
        } catch (RejectedExecutionException e) {
            // Closed since.
        }
    }

    private CompletableFuture<byte[]> readIndex(RaftServer.Division division, ReadIndexRequestProto request)
            throws TransportException {
        checkRecipient(division, request.getServerRequest());
        return call(() -> ((RaftServerAsynchronousProtocol) division).readIndexAsync(request))
                .thenApply(MessageLite::toByteArray);
    }

    private CompletableFuture<byte[]> block(Blocking<MessageLite> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        MessageLite reply = work.run();
                        if (life.isOver()) {
                            throw new TransportException(TransportException.Kind.REFUSED, "engine has stopped");
                        }
                        return reply.toByteArray();
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                blocking);
    }

    private static <T> CompletableFuture<T> call(Blocking<CompletableFuture<T>> work) {
        try {
            return work.run();
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @FunctionalInterface
    private interface Blocking<T> {
        T run() throws IOException;
    }
}
