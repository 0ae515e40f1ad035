package io.metastore.raft.internal.transport;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of one stream of another member. Requests arrive on an I/O thread in the order they were sent; replies leave from
 * whichever thread completes the handler's future, in any order.
 *
 * <p>The next request is asked for only while fewer than {@code handlingMax} requests and {@code messageBytesMax} bytes are being handled;
 * beyond that they wait on the caller's side, which has limits of its own.
 */
final class IncomingStream extends ServerCall.Listener<StreamFrame> {
    private final IncomingStreams service;
    private final ServerCall<StreamFrame, StreamFrame> stream;
    private final String callerCluster;
    private final FrameOutlet outlet;

    private int handling;
    private long handlingBytes;
    /** Whether the next request has been asked for and not yet come. Guarded, like the two above, by this. */
    private boolean asked;

    IncomingStream(IncomingStreams service, ServerCall<StreamFrame, StreamFrame> stream, String callerCluster) {
        this.service = service;
        this.stream = stream;
        this.callerCluster = callerCluster;
        this.outlet = new FrameOutlet(service.options().queuedBytesMax());
    }

    void start() {
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
        askForNext();
    }

    @Override
    public void onMessage(StreamFrame frame) {
        begin(frame.size());
        switch (frame.kind()) {
            case StreamFrame.REQUEST -> handle(frame);
            case StreamFrame.PING -> answer(frame, StreamFrame.signal(StreamFrame.PONG));
            default -> end(Status.INVALID_ARGUMENT.withDescription("not a frame of a caller"));
        }
    }

    @Override
    public void onReady() {
        outlet.drain();
    }

    @Override
    public void onHalfClose() {
        end(Status.OK);
    }

    @Override
    public void onCancel() {
        outlet.close();
    }

    private void handle(StreamFrame request) {
        Method method = Method.ofNumber(request.method());
        if (method == null) {
            refuse(request, "unknown method: number=" + request.method() + "; upgrade the older member");
        } else if (!service.permits(callerCluster, method)) {
            refuse(
                    request,
                    "not of this cluster: caller=" + callerCluster + " here=" + service.clusterId() + " method="
                            + method);
        } else if (TrafficClass.handledOnIoThread(method)) {
            handle(method, request);
        } else {
            handOver(method, request);
        }
    }

    private void refuse(StreamFrame request, String why) {
        TransportException refusal = new TransportException(TransportException.Kind.REFUSED, why);
        answer(request, StreamFrame.failure(request.callId(), refusal));
    }

    private void handOver(Method method, StreamFrame request) {
        try {
            service.handlers(method).execute(() -> handle(method, request));
        } catch (RejectedExecutionException e) {
            refuse(request, "member is busy or closing: method=" + method + "; try again");
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback is the end of the chain and does not throw.
    private void handle(Method method, StreamFrame request) {
        CompletableFuture<byte[]> reply = Handling.handle(service.handler(), method, request.bytes());
        reply.whenComplete((bytes, failure) -> answer(request, answerTo(request, bytes, failure)));
    }

    private StreamFrame answerTo(StreamFrame request, byte @Nullable [] reply, @Nullable Throwable failure) {
        if (failure != null) {
            return StreamFrame.failure(request.callId(), Handling.unwrap(failure));
        }
        if (reply == null) {
            return StreamFrame.failure(request.callId(), new NullPointerException("handler replied with null"));
        }
        int max = service.options().messageBytesMax();
        if (reply.length > max) {
            return StreamFrame.failure(
                    request.callId(),
                    new IllegalArgumentException(
                            "reply is too large: bytes=" + reply.length + " messageBytesMax=" + max));
        }
        return StreamFrame.reply(request.callId(), reply);
    }

    private void answer(StreamFrame request, StreamFrame answer) {
        if (outlet.offer(answer, null) == FrameOutlet.Offer.FULL) {
            end(Status.RESOURCE_EXHAUSTED.withDescription("caller does not read its replies"));
            return;
        }
        if (finish(request.size())) {
            stream.request(1);
        }
    }

    /** Not from under a lock: gRPC may deliver the next request from within. */
    private void askForNext() {
        if (shouldAsk()) {
            stream.request(1);
        }
    }

    private void begin(int bytes) {
        synchronized (this) {
            handling++;
            handlingBytes += bytes;
            asked = false;
        }
        askForNext();
    }

    private synchronized boolean finish(int bytes) {
        handling--;
        handlingBytes -= bytes;
        return shouldAsk();
    }

    private synchronized boolean shouldAsk() {
        boolean ask = !asked
                && handling < service.options().handlingMax()
                && handlingBytes < service.options().messageBytesMax();
        asked |= ask;
        return ask;
    }

    private void end(Status status) {
        outlet.close(); // Nothing may be sent after the close.
        try {
            stream.close(status, new Metadata());
        } catch (IllegalStateException e) {
            return; // Two threads came here; one has closed it.
        }
    }
}
