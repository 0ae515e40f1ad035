package io.metastore.raft.internal.transport;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transport over the network: gRPC, one port per member, everything on it.
 *
 * <p>Per peer and class of traffic ({@link TrafficClass}) there is one connection with one long-lived stream; calls are numbered frames on
 * it ({@link StreamFrame}). Against a gRPC call per call that halves the round trip (p50 of 400 B on loopback: 16 us instead of 27 us) and takes
 * five times the load.
 *
 * <p>Threads: own ones ({@link GrpcThreads}), none shared with other users of gRPC. Appends, reads and forwards are handled on an I/O thread
 * and must not block there; other methods have a small pool. Replies complete on an I/O thread, timeouts on the timer thread; callbacks must
 * not block either.
 *
 * <p>Limits: see {@link GrpcOptions}. A peer that goes away with its connection is noticed at once, one that goes silent within
 * {@code silenceMax}, or within ten seconds more while much was under way to it. After that calls to it fail at once.
 */
public final class GrpcTransport implements Transport {
    /** gRPC accepts no less on a client. */
    static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(GrpcTransport.class);
    private static final Duration WATCH_INTERVAL_MAX = Duration.ofSeconds(1);
    private static final Duration CLOSE_MAX = Duration.ofMillis(900);

    private final String ownAddress;
    private final HostPort own;
    private final ClusterCredentials credentials;
    private final GrpcOptions options;
    private final @Nullable ChannelCredentials channelTls;
    private final GrpcThreads threads;
    private final ConcurrentHashMap<LinkKey, PeerLink> links = new ConcurrentHashMap<>();

    private @Nullable Server server;
    private volatile boolean closed;

    /**
     * Opens nothing but threads' worth of resources; {@link #listen} opens the port.
     *
     * @param ownAddress {@code host:port} under which the others reach this member
     * @throws IllegalArgumentException the address is not of that form
     * @throws IOException a TLS file cannot be read or used
     */
    public GrpcTransport(String ownAddress, ClusterCredentials credentials, GrpcOptions options) throws IOException {
        this.ownAddress = ownAddress;
        this.own = HostPort.parse(ownAddress);
        this.credentials = credentials;
        this.options = options;
        TlsFiles tls = options.tls();
        this.channelTls = tls == null ? null : tls.channel();
        QuietGrpcStart.ensure();
        this.threads = new GrpcThreads(options.threadNamePrefix(), options.ioThreads());
        startWatching();
    }

    @Override
    public synchronized void listen(Handler handler) throws IOException {
        if (closed) {
            throw new IOException("transport is closed: address=" + ownAddress);
        }
        if (server != null) {
            throw new IllegalStateException("already listening: address=" + ownAddress);
        }
        InetSocketAddress bind = bindAddress();
        IncomingStreams service = new IncomingStreams(handler, credentials, options, threads::handlers, this::heardOf);
        Server starting = serverBuilder(bind).addService(service.definition()).build();
        try {
            starting.start();
        } catch (IOException e) {
            starting.shutdownNow();
            throw new IOException(bindFailure(bind, e), e);
        }
        server = starting;
        log.info("member listens: address={} bind={} tls={}", ownAddress, bind, options.tls() != null);
    }

    @Override
    public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
        if (request.length > options.messageBytesMax()) {
            return CompletableFuture.failedFuture(new TransportException(
                    TransportException.Kind.REFUSED,
                    "request is too large: to=" + address + " method=" + method + " bytes=" + request.length
                            + " messageBytesMax=" + options.messageBytesMax()));
        }
        LinkKey key = new LinkKey(address, TrafficClass.of(method));
        PeerLink link = links.get(key);
        if (link == null) {
            link = links.computeIfAbsent(key, this::newLink);
        }
        if (closed) {
            link.close(); // It may have been added after the close had gone through them.
        }
        return link.call(method, request, timeout);
    }

    /** Renews the connections to all peers: after {@link ClusterCredentials#adopt}. Pending calls fail. */
    public void reconnect() {
        links.values().forEach(PeerLink::reconnect);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        long deadlineNanos = System.nanoTime() + CLOSE_MAX.toNanos();
        Server listening = server;
        if (listening != null) {
            listening.shutdownNow();
        }
        links.values().forEach(PeerLink::close);
        boolean mayWait = !threads.isOwnThread();
        try {
            if (listening != null && mayWait) {
                listening.awaitTermination(CLOSE_MAX.toMillis() / 3, TimeUnit.MILLISECONDS);
            }
            threads.shutdown();
            if (mayWait) {
                threads.awaitEnd(deadlineNanos);
            }
        } catch (InterruptedException e) {
            threads.shutdown();
            Thread.currentThread().interrupt();
        }
    }

    private PeerLink newLink(LinkKey key) {
        return new PeerLink(ownAddress, key.address(), key.trafficClass(), credentials, channelTls, options, threads);
    }

    /** A peer that calls is up: no reason to wait any longer before calling it. */
    private void heardOf(String caller) {
        for (TrafficClass trafficClass : TrafficClass.values()) {
            PeerLink link = links.get(new LinkKey(caller, trafficClass));
            if (link != null) {
                link.retryNow();
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Ends with the timer.
    private void startWatching() {
        Duration fifth = options.silenceMax().dividedBy(5);
        Duration interval = fifth.compareTo(WATCH_INTERVAL_MAX) < 0 ? fifth : WATCH_INTERVAL_MAX;
        threads.timer()
                .scheduleWithFixedDelay(
                        () -> links.values().forEach(link -> link.watch(interval)),
                        interval.toNanos(),
                        interval.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private InetSocketAddress bindAddress() throws IOException {
        String host = options.bindHost();
        InetAddress address = InetAddress.getByName(host == null ? own.host() : host);
        int port = options.bindPort() == 0 ? own.port() : options.bindPort();
        if (options.tls() == null && !address.isLoopbackAddress() && !options.plaintextBeyondLoopback()) {
            throw new TransportException(
                    TransportException.Kind.REFUSED,
                    "plaintext beyond loopback was not asked for: bind=" + address + " port=" + port
                            + "; configure TLS, bind to a loopback address, or set plaintextBeyondLoopback");
        }
        return new InetSocketAddress(address, port);
    }

    private NettyServerBuilder serverBuilder(InetSocketAddress bind) throws IOException {
        TlsFiles tls = options.tls();
        return NettyServerBuilder.forAddress(bind, tls == null ? InsecureServerCredentials.create() : tls.server())
                .bossEventLoopGroup(threads.io())
                .workerEventLoopGroup(threads.io())
                .channelType(NioServerSocketChannel.class)
                .directExecutor()
                .maxInboundMessageSize(options.messageBytesMax() + StreamFrame.HEADER_BYTES)
                .maxConcurrentCallsPerConnection(16)
                .handshakeTimeout(5, TimeUnit.SECONDS) // Who connects and says nothing, or not HTTP/2.
                .maxConnectionIdle(30, TimeUnit.SECONDS) // Who was refused and stays.
                .permitKeepAliveTime(KEEP_ALIVE.toMillis() / 2, TimeUnit.MILLISECONDS)
                .keepAliveTime(KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(options.silenceMax().toNanos(), TimeUnit.NANOSECONDS);
    }

    private String bindFailure(InetSocketAddress bind, IOException failure) {
        String facts = "port=" + bind.getPort() + " address=" + ownAddress + " bind=" + bind;
        boolean inUse = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            inUse |= cause instanceof BindException && message != null && message.contains("in use");
        }
        return inUse
                ? "port is in use: " + facts + "; stop the process that has it, or give the member another port"
                : "cannot listen: " + facts + "; set bindHost to an address of this host, for example 0.0.0.0";
    }

    private record LinkKey(String address, TrafficClass trafficClass) {}
}
