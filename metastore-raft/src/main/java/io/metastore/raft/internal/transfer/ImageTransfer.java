package io.metastore.raft.internal.transfer;

import io.metastore.api.CorruptStateException;
import io.metastore.raft.internal.transfer.ChunkPlan.Chunk;
import io.metastore.raft.internal.transfer.SenderTroubleException.Kind;
import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.ReceivedImage;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Fetches what is missing of an image from one member. A few pieces are under way at a time; they are written in order, and one that does not come is asked for
 * again while those after it wait. Used by one thread.
 */
final class ImageTransfer {

    /** How often in a row the same piece is asked for: then somebody else is. */
    private static final int ATTEMPTS_MAX = 3;

    private final FetchTools tools;
    private final Membership.Member sender;
    private final String digest;
    private final ReceivedImage image;
    private final ReadBack readBack;
    private final Deque<Flight> flights = new ArrayDeque<>();

    private int troubles;
    private long writtenBytes;

    /** A piece under way. */
    private record Flight(Chunk chunk, ImageCalls.Asked asked) {}

    /**
     * @param digest of the image's bytes, which the sender is to have
     * @param readBack told of each file that is complete
     */
    ImageTransfer(FetchTools tools, Membership.Member sender, String digest, ReceivedImage image, ReadBack readBack) {
        this.tools = tools;
        this.sender = sender;
        this.digest = digest;
        this.image = image;
        this.readBack = readBack;
    }

    /** How much was received and written, also when {@link #run} fails. */
    long writtenBytes() {
        return writtenBytes;
    }

    /** Returns when nothing is missing any more. */
    void run() throws SenderTroubleException, InterruptedException {
        ChunkPlan plan = new ChunkPlan(image.missing());
        while (true) {
            while (flights.size() < tools.settings().window() && plan.hasNext()) {
                flights.addLast(send(plan.next(tools.chunkLength().bytes())));
            }
            Flight first = flights.pollFirst();
            if (first == null) {
                return;
            }
            try {
                write(first.chunk(), tools.calls().await(first.asked()));
            } catch (SenderTroubleException e) {
                sendAgain(first.chunk(), e);
            }
        }
    }

    private Flight send(Chunk chunk) throws InterruptedException {
        tools.calls().checkGoesOn();
        tools.throttle().take(chunk.length());
        ImageRequest request = new ImageRequest(
                tools.self(),
                image.manifest().position().index(),
                digest,
                chunk.file(),
                chunk.offset(),
                chunk.length());
        return new Flight(
                chunk,
                tools.calls()
                        .ask(
                                sender,
                                Method.IMAGE_CHUNK,
                                request,
                                tools.settings().callTimeout()));
    }

    private void write(Chunk chunk, byte[] bytes) throws SenderTroubleException {
        if (bytes.length != chunk.length()) {
            throw new SenderTroubleException(
                    Kind.CORRUPT, sender.name() + " sent " + bytes.length + " bytes instead of " + chunk);
        }
        try {
            if (image.write(chunk.file(), chunk.offset(), bytes)) {
                readBack.read(chunk.file());
            }
        } catch (CorruptStateException e) {
            throw new SenderTroubleException(Kind.CORRUPT, String.valueOf(e.getMessage()), e);
        }
        writtenBytes += bytes.length;
        troubles = 0;
        tools.chunkLength().came();
        tools.progress().reached(image.receivedBytes());
    }

    private void sendAgain(Chunk chunk, SenderTroubleException trouble)
            throws SenderTroubleException, InterruptedException {
        if (trouble.kind() == Kind.SILENT) {
            tools.chunkLength().silence();
        }
        troubles++;
        if (!trouble.mayPass() || troubles >= ATTEMPTS_MAX) {
            throw trouble;
        }
        tools.clock().await(tools.settings().pause(troubles).toNanos());
        int length = Math.min(chunk.length(), tools.chunkLength().bytes());
        if (length < chunk.length()) {
            flights.addFirst(send(chunk.after(length)));
        }
        flights.addFirst(send(chunk.first(length)));
    }
}
