package io.metastore.raft.internal.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a peer with one stream on it, from the attempt to connect to its end; then the {@link PeerLink} makes another.
 *
 * <p>Nothing is sent before the peer has accepted the stream, so a stranger never sees a request, and a call that fails before that was
 * certainly not handled. Replies complete on an I/O thread.
 */
final class PeerConnection {
    /** Silence is no sign of death while more than this may still be on a slow line. */
    private static final long BYTES_UNDER_WAY_MAX = 32 << 10;

    private final PeerLink link;
    private final GrpcThreads threads;
    private final GrpcOptions options;
    private final PendingCalls pending;
    private final FrameOutlet outlet;

    private @Nullable ManagedChannel channel;
    private @Nullable Future<?> connectTimeout;
    private boolean ended;

    private volatile boolean accepted;
    private volatile long acceptedNanos;
    /** Frames received; written by the I/O thread only. */
    private volatile long received;

    /** The next three belong to the timer thread. */
    private long receivedWhenLastSeen;

    private long takenBytesWhenLastSeen;
    private Duration silence = Duration.ZERO;

    PeerConnection(PeerLink link, GrpcThreads threads, GrpcOptions options) {
        this.link = link;
        this.threads = threads;
        this.options = options;
        this.pending = new PendingCalls(threads.timer());
        this.outlet = new FrameOutlet(options.queuedBytesMax());
    }

    /** Connects in the background; calls may be made at once and wait for the outcome. */
    void start(int attempt) {
        try {
            synchronized (this) {
                connectTimeout = threads.timer()
                        .schedule(
                                this::connectTimedOut, options.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
            }
            threads.connectors().execute(() -> connect(attempt));
        } catch (RejectedExecutionException e) {
            end(TransportException.Kind.UNREACHABLE, "own transport is closed");
        }
    }

    CompletableFuture<byte[]> call(Method method, byte[] request, Duration timeout) {
        PendingCall call = pending.open(link.address(), method, timeout);
        if (call.isDone()) {
            return call;
        }
        if (outlet.offer(StreamFrame.request(method, call.id(), request), call) == FrameOutlet.Offer.FULL
                && pending.take(call.id()) != null) {
            call.fail(
                    TransportException.Kind.UNREACHABLE,
                    "too much waits for this peer: queuedBytesMax=" + options.queuedBytesMax() + " requestBytes="
                            + request.length);
        }
        return call; // If the outlet was closed: so were, or will be, the pending calls.
    }

    /** Called at equal intervals by the timer: finds a peer that is gone without a word, and asks for a sign of life. */
    void watch(Duration interval) {
        long frames = received;
        if (frames != receivedWhenLastSeen) {
            receivedWhenLastSeen = frames;
            takenBytesWhenLastSeen = outlet.takenBytes();
            silence = Duration.ZERO;
        } else if (!accepted || pending.size() == 0 || bytesUnderWay() > BYTES_UNDER_WAY_MAX) {
            silence = Duration.ZERO;
        } else {
            silence = silence.plus(interval);
            if (silence.compareTo(options.silenceMax()) >= 0) {
                end(
                        TransportException.Kind.UNREACHABLE,
                        "peer gave no sign of life: silenceMillis=" + silence.toMillis());
            } else {
                outlet.offer(
                        StreamFrame.signal(StreamFrame.PING),
                        null); // Full: more is under way than a silent peer would be judged by.
            }
        }
    }

    private long bytesUnderWay() {
        return outlet.takenBytes() - takenBytesWhenLastSeen;
    }

    /** How long it has been usable; zero if it never was. */
    Duration acceptedFor() {
        return accepted ? Duration.ofNanos(System.nanoTime() - acceptedNanos) : Duration.ZERO;
    }

    private void connect(int attempt) {
        try {
            ManagedChannel opened = link.openChannel(attempt);
            synchronized (this) {
                if (ended) {
                    opened.shutdownNow();
                    return;
                }
                channel = opened;
            }
            ClientCall<StreamFrame, StreamFrame> stream =
                    opened.newCall(link.trafficClass().stream(), CallOptions.DEFAULT);
            stream.start(new Replies(stream), link.headers());
            stream.request(
                    Integer.MAX_VALUE); // Replies are taken at once; what bounds them is the number of pending calls.
        } catch (IOException | RuntimeException e) {
            end(TransportException.Kind.UNREACHABLE, "cannot connect: cause=" + Handling.describe(e));
        }
    }

    private void connectTimedOut() {
        if (!accepted) {
            end(
                    TransportException.Kind.UNREACHABLE,
                    "no connection in time: connectTimeoutMillis="
                            + options.connectTimeout().toMillis());
        }
    }

    /** Ends the connection once: what was sent may have been handled, the rest fails as {@code kind}. */
    void end(TransportException.Kind kind, String why) {
        ManagedChannel toClose;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            toClose = channel;
            if (connectTimeout != null) {
                connectTimeout.cancel(false);
            }
        }
        link.lost(this, kind, why); // First, so that a caller who tries again at once does not meet this one.
        outlet.close();
        pending.close(call -> call.fail(call.isSent() ? TransportException.Kind.FAILED : kind, why));
        if (toClose != null) {
            toClose.shutdownNow();
        }
    }

    private void accept(ClientCall<StreamFrame, StreamFrame> stream) {
        acceptedNanos = System.nanoTime();
        accepted = true;
        outlet.open(new FrameOutlet.Sink() {
            @Override
            public boolean isReady() {
                return stream.isReady();
            }

            @Override
            public void send(StreamFrame frame) {
                stream.sendMessage(frame);
            }
        });
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer: the I/O thread of the stream.
    private void receive(StreamFrame frame) {
        received++;
        if (frame.kind() == StreamFrame.PONG) {
            return;
        }
        PendingCall call = pending.take(frame.callId());
        if (call == null) {
            return; // Timed out meanwhile.
        }
        switch (frame.kind()) {
            case StreamFrame.REPLY -> call.complete(frame.bytes());
            case StreamFrame.REFUSED -> call.fail(TransportException.Kind.REFUSED, "peer refused: " + frame.text());
            case StreamFrame.FAILED -> call.fail(TransportException.Kind.FAILED, "peer failed: " + frame.text());
            default -> {
                call.fail(TransportException.Kind.FAILED, "peer answered with unknown bytes");
                end(TransportException.Kind.UNREACHABLE, "peer does not speak this protocol");
            }
        }
    }

    private static TransportException.Kind kindOf(Status status) {
        return switch (status.getCode()) {
            case UNAUTHENTICATED, PERMISSION_DENIED, FAILED_PRECONDITION, UNIMPLEMENTED ->
                TransportException.Kind.REFUSED;
            default ->
                isTlsFailure(status.getCause()) ? TransportException.Kind.REFUSED : TransportException.Kind.UNREACHABLE;
        };
    }

    private static boolean isTlsFailure(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    private static String describe(Status status) {
        Throwable cause = status.getCause();
        return "connection ended: status=" + status.getCode() + " says=" + status.getDescription()
                + (cause == null ? "" : " cause=" + Handling.describe(cause));
    }

    /** What comes back on the stream; called on an I/O thread. */
    private final class Replies extends ClientCall.Listener<StreamFrame> {
        private final ClientCall<StreamFrame, StreamFrame> stream;

        Replies(ClientCall<StreamFrame, StreamFrame> stream) {
            this.stream = stream;
        }

        @Override
        public void onHeaders(Metadata headers) {
            accept(stream);
        }

        @Override
        public void onMessage(StreamFrame frame) {
            receive(frame);
        }

        @Override
        public void onReady() {
            outlet.drain();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end(kindOf(status), describe(status));
        }
    }
}
