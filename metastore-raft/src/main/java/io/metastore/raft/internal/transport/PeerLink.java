package io.metastore.raft.internal.transport;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way to one peer for one class of traffic: at most one connection, made when a call needs it, and the pauses between failed attempts.
 *
 * <p>During a pause calls fail at once. An attempt is made by the first call after it, so nobody dials members that are gone for good.
 * Channels are made anew each time instead of leaving it to gRPC, whose own pauses grow to two minutes and cannot be set.
 */
final class PeerLink {
    /** A connection that lasted less than this counts as a failed attempt: the peer may be starting and dying in a loop. */
    private static final Duration STABLE = Duration.ofSeconds(1);

    private final String ownAddress;
    private final String address;
    private final TrafficClass trafficClass;
    private final ClusterCredentials credentials;
    private final @Nullable ChannelCredentials tls;
    private final GrpcOptions options;
    private final GrpcThreads threads;

    private volatile @Nullable PeerConnection current;
    private int failures;
    private int attempts;
    private boolean closed;
    private long pauseEndNanos;
    private TransportException.Kind lastKind = TransportException.Kind.UNREACHABLE;
    private String lastFailure = "";

    PeerLink(
            String ownAddress,
            String address,
            TrafficClass trafficClass,
            ClusterCredentials credentials,
            @Nullable ChannelCredentials tls,
            GrpcOptions options,
            GrpcThreads threads) {
        this.ownAddress = ownAddress;
        this.address = address;
        this.trafficClass = trafficClass;
        this.credentials = credentials;
        this.tls = tls;
        this.options = options;
        this.threads = threads;
    }

    String address() {
        return address;
    }

    TrafficClass trafficClass() {
        return trafficClass;
    }

    Metadata headers() {
        return credentials.headers(ownAddress);
    }

    CompletableFuture<byte[]> call(Method method, byte[] request, Duration timeout) {
        PeerConnection connection = current;
        if (connection != null) {
            return connection.call(method, request, timeout);
        }
        return callWithoutConnection(method, request, timeout);
    }

    private CompletableFuture<byte[]> callWithoutConnection(Method method, byte[] request, Duration timeout) {
        PeerConnection connection;
        int attempt = -1;
        synchronized (this) {
            connection = current;
            if (connection == null) {
                if (closed || pauseEndNanos - System.nanoTime() > 0) {
                    return CompletableFuture.failedFuture(down(method));
                }
                connection = new PeerConnection(this, threads, options);
                current = connection;
                attempt = attempts++;
            }
        }
        if (attempt >= 0) {
            connection.start(attempt);
        }
        return connection.call(method, request, timeout);
    }

    private TransportException down(Method method) {
        long pauseMillis = TimeUnit.NANOSECONDS.toMillis(Math.max(0, pauseEndNanos - System.nanoTime()));
        return new TransportException(
                closed ? TransportException.Kind.UNREACHABLE : lastKind,
                (closed ? "own transport is closed: " : "peer is down: ") + "to=" + address + " method=" + method
                        + " nextAttemptMillis=" + pauseMillis + " last=[" + lastFailure + "]");
    }

    /** Called once by each connection, when it ends. */
    synchronized void lost(PeerConnection connection, TransportException.Kind kind, String why) {
        if (current != connection) {
            return;
        }
        current = null;
        lastKind = kind;
        lastFailure = why;
        if (connection.acceptedFor().compareTo(STABLE) >= 0) {
            failures = 0;
            pauseEndNanos = System.nanoTime(); // It worked until now; it may have been restarted already.
        } else {
            failures = Math.min(failures + 1, 16);
            long pause = Math.min(
                    options.reconnectMax().toNanos(), options.reconnectMin().toNanos() << (failures - 1));
            pauseEndNanos = System.nanoTime() + pause;
        }
    }

    /** Ends the pause: the peer was heard of. */
    synchronized void retryNow() {
        failures = 0;
        pauseEndNanos = System.nanoTime();
    }

    void watch(Duration interval) {
        PeerConnection connection = current;
        if (connection == null) {
            return;
        }
        try {
            connection.watch(interval);
        } catch (RuntimeException e) { // The other links need their watch too.
            connection.end(TransportException.Kind.UNREACHABLE, "connection is broken: cause=" + Handling.describe(e));
        }
    }

    /** Gives the connection up, for example because the header it was opened with is outdated; the next call makes another. */
    void reconnect() {
        PeerConnection connection = current;
        if (connection != null) {
            connection.end(TransportException.Kind.UNREACHABLE, "connection is renewed");
            retryNow();
        }
    }

    void close() {
        PeerConnection connection;
        synchronized (this) {
            closed = true;
            connection = current;
        }
        if (connection != null) {
            connection.end(TransportException.Kind.UNREACHABLE, "own transport was closed while the call was pending");
        }
    }

    /** Resolves the name each time, as addresses of containers change; may block for that. */
    ManagedChannel openChannel(int attempt) throws IOException {
        HostPort target = HostPort.parse(address);
        InetAddress[] candidates = InetAddress.getAllByName(target.host());
        InetSocketAddress socket = new InetSocketAddress(candidates[attempt % candidates.length], target.port());
        NettyChannelBuilder builder = tls == null
                ? NettyChannelBuilder.forAddress(socket).usePlaintext()
                : NettyChannelBuilder.forAddress(socket, tls);
        return builder.eventLoopGroup(threads.io())
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .offloadExecutor(threads.connectors())
                .disableRetry()
                .maxInboundMessageSize(options.messageBytesMax() + StreamFrame.HEADER_BYTES)
                .keepAliveTime(GrpcTransport.KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(options.silenceMax().toNanos(), TimeUnit.NANOSECONDS)
                .build();
    }
}
