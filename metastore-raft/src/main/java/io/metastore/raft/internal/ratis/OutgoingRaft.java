package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.transport.Method;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;

/**
 * The messages Ratis sends itself, over our transport: votes and hand-overs. Appends are sent by {@link TransportLogAppender}. Blocks its caller
 * for the reply, as Ratis expects; appends and read indexes do not come this way in practice.
 */
final class OutgoingRaft implements RaftServerRpc, RaftServerAsynchronousProtocol {
    private static final long ASKED_AGAIN_NANOS = 100_000_000;

    private final RpcType type;
    private final Wiring wiring;
    private final ConcurrentMap<RaftPeerId, RaftPeer> peers = new ConcurrentHashMap<>();

    OutgoingRaft(RpcType type, Wiring wiring) {
        this.type = type;
        this.wiring = wiring;
    }

    @Override
    public RpcType getRpcType() {
        return type;
    }

    @Override
    public void addRaftPeers(Collection<RaftPeer> newPeers) {
        newPeers.forEach(peer -> peers.put(peer.getId(), peer)); // The last address wins: memberships change.
    }

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
        wiring.leaderWatch().look(); // Whoever stands for election has lost its leader.
        if (!request.getPreVote()) {
            wiring.termAndVote().ensure(request.getCandidateTerm()); // Our vote for ourselves, before anyone counts it.
        }
        RequestVoteReplyProto reply =
                RequestVoteReplyProto.parseFrom(call(Method.RAFT_VOTE, request.getServerRequest(), request));
        if (!request.getPreVote() && reply.getServerReply().getSuccess()) {
            wiring.ballots()
                    .granted(
                            request.getCandidateTerm(),
                            RaftPeerId.valueOf(request.getServerRequest().getReplyId()));
        }
        if (reply.getShouldShutdown()) { // Ratis closes this member now, without saying why.
            wiring.life()
                    .removed("the leader has no such member: leader="
                            + reply.getServerReply().getReplyId().toStringUtf8());
        }
        return reply;
    }

    /**
     * Asks again until the member stands or the transfer is over. Ratis asks once, and when that was lost or refused takes no entries until the transfer times out.
     */
    @Override
    public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
            throws IOException {
        Appenders.Transfer transfer = wiring.appenders().transfer();
        RaftPeerId next = RaftPeerId.valueOf(request.getServerRequest().getReplyId());
        while (true) {
            try {
                StartLeaderElectionReplyProto reply = StartLeaderElectionReplyProto.parseFrom(call(
                        Method.RAFT_START_ELECTION,
                        request.getServerRequest(),
                        request,
                        wiring.settings().timeouts().electionMax()));
                if (reply.getServerReply().getSuccess() || !isUnderWay(transfer, next)) {
                    return reply;
                }
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (!isUnderWay(transfer, next)) {
                    throw e;
                }
            }
            LockSupport.parkNanos(this, ASKED_AGAIN_NANOS);
        }
    }

    private boolean isUnderWay(Appenders.@Nullable Transfer transfer, RaftPeerId to) {
        return transfer != null
                && transfer.isTo(to)
                && wiring.appenders().transfer() == transfer
                && !wiring.life().isOver()
                && !wiring.life().isClosing();
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) throws IOException {
        return AppendEntriesReplyProto.parseFrom(call(Method.RAFT_APPEND, request.getServerRequest(), request));
    }

    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) throws IOException {
        return InstallSnapshotReplyProto.parseFrom(call(Method.RAFT_SNAPSHOT, request.getServerRequest(), request));
    }

    @Override
    public RaftServerAsynchronousProtocol async() {
        return this;
    }

    @Override
    public CompletableFuture<AppendEntriesReplyProto> appendEntriesAsync(AppendEntriesRequestProto request)
            throws IOException {
        return send(Method.RAFT_APPEND, request.getServerRequest(), request)
                .thenApply(bytes -> RaftMessages.parse(bytes, AppendEntriesReplyProto.parser()));
    }

    @Override
    public CompletableFuture<ReadIndexReplyProto> readIndexAsync(ReadIndexRequestProto request) throws IOException {
        return send(Method.RAFT_READ_INDEX, request.getServerRequest(), request)
                .thenApply(bytes -> RaftMessages.parse(bytes, ReadIndexReplyProto.parser()));
    }

    private byte[] call(Method method, RaftRpcRequestProto header, MessageLite request) throws IOException {
        return call(method, header, request, wiring.settings().timeouts().request());
    }

    private byte[] call(Method method, RaftRpcRequestProto header, MessageLite request, Duration timeout)
            throws IOException {
        CompletableFuture<byte[]> reply = send(method, header, request, timeout);
        try {
            // A peer that does not answer must not hold up the end of this engine.
            CompletableFuture.anyOf(reply, wiring.life().ending()).get();
            if (!reply.isDone()) {
                throw new IOException("engine stops: method=" + method);
            }
            return reply.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a reply: method=" + method);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    private CompletableFuture<byte[]> send(Method method, RaftRpcRequestProto header, MessageLite request)
            throws IOException {
        return send(method, header, request, wiring.settings().timeouts().request());
    }

    private CompletableFuture<byte[]> send(
            Method method, RaftRpcRequestProto header, MessageLite request, Duration timeout) throws IOException {
        RaftPeerId to = RaftPeerId.valueOf(header.getReplyId());
        RaftPeer peer = peers.get(to);
        if (peer == null) {
            throw new IOException("member is unknown: method=" + method + " member=" + to);
        }
        if (wiring.life().isOver()) {
            throw new IOException("engine has stopped: method=" + method + " member=" + to);
        }
        return wiring.transport().call(wiring.addressOf(peer), method, request.toByteArray(), timeout);
    }

    @Override
    public void handleException(RaftPeerId member, Exception e, boolean reconnect) {
        // Nothing to reconnect: the transport does that.
    }

    @Override
    public void start() {
        // The node listens, not Ratis.
    }

    @Override
    @SuppressWarnings("NullAway") // There is no such address, and Ratis accepts that.
    public InetSocketAddress getInetSocketAddress() {
        return null;
    }

    @Override
    public void close() {
        peers.clear();
    }
}
