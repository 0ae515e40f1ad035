package io.metastore.raft.internal.transport;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The sending end of a stream: keeps the order, and keeps frames here while the stream has enough, so that memory is bounded by a limit of
 * ours rather than by a slow peer. Callable from any thread; gRPC's streams are not, so each send happens under this object's lock.
 */
final class FrameOutlet {

    /** What the outlet sends to. */
    interface Sink {
        boolean isReady();

        void send(StreamFrame frame);
    }

    /** What became of a frame. */
    enum Offer {
        TAKEN,
        FULL,
        CLOSED
    }

    private record Entry(StreamFrame frame, @Nullable PendingCall call) {
        boolean isWanted() {
            return call == null || !call.isDone();
        }
    }

    private final long queuedBytesMax;
    private final ArrayDeque<Entry> queue = new ArrayDeque<>();
    private @Nullable Sink sink;
    private boolean closed;
    private long queuedBytes;
    private long takenBytes;

    /** @param queuedBytesMax limit for what waits; one frame of any size is let in */
    FrameOutlet(long queuedBytesMax) {
        this.queuedBytesMax = queuedBytesMax;
    }

    /** Starts to send, what waited first. */
    synchronized void open(Sink newSink) {
        sink = newSink;
        drain();
    }

    /** @param call the frame is its request and not worth sending once it is done; null: send in any case */
    synchronized Offer offer(StreamFrame frame, @Nullable PendingCall call) {
        if (closed) {
            return Offer.CLOSED;
        }
        Sink to = sink;
        if (to != null && queue.isEmpty() && to.isReady()) {
            takenBytes += frame.size();
            send(to, frame, call);
            return Offer.TAKEN;
        }
        if (!hasRoomFor(frame)) {
            return Offer.FULL;
        }
        takenBytes += frame.size();
        queuedBytes += frame.size();
        queue.add(new Entry(frame, call));
        return Offer.TAKEN;
    }

    /** Sends what waits, as far as the stream takes it. Called when the stream says that it is ready. */
    synchronized void drain() {
        Sink to = sink;
        while (to != null && !closed && to.isReady()) {
            Entry next = queue.poll();
            if (next == null) {
                return;
            }
            queuedBytes -= next.frame().size();
            if (next.isWanted()) {
                send(to, next.frame(), next.call());
            }
        }
    }

    /** Drops what waits; nothing is sent after this returns. */
    synchronized void close() {
        closed = true;
        queue.clear();
        queuedBytes = 0;
    }

    /** All bytes taken so far, sent or not. */
    synchronized long takenBytes() {
        return takenBytes;
    }

    private boolean hasRoomFor(StreamFrame frame) {
        if (queuedBytes + frame.size() > queuedBytesMax && queue.removeIf(entry -> !entry.isWanted())) {
            queuedBytes =
                    queue.stream().mapToLong(entry -> entry.frame().size()).sum();
        }
        return queue.isEmpty() || queuedBytes + frame.size() <= queuedBytesMax;
    }

    private static void send(Sink to, StreamFrame frame, @Nullable PendingCall call) {
        if (call != null) {
            call.markSent();
        }
        to.send(frame);
    }
}
