package io.metastore.raft.internal.transfer;

import io.metastore.api.StoreClosedException;
import io.metastore.raft.internal.transfer.SenderTroubleException.Kind;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Asks members about their images and understands what they answer. Used by one thread, which waits here, and here only, for the network. */
final class ImageCalls {

    private static final long LOOK_MILLIS = 50;

    private final Transport transport;
    private final String self;
    private final BooleanSupplier goOn;

    /** @param goOn asked while waiting; false ends it */
    ImageCalls(Transport transport, String self, BooleanSupplier goOn) {
        this.transport = transport;
        this.self = self;
        this.goOn = goOn;
    }

    /** A question under way. */
    @SuppressWarnings("ArrayRecordComponent") // Handed over, never changed, never compared.
    record Asked(Membership.Member sender, Method method, byte[] request, CompletableFuture<byte[]> reply) {
        @Override
        public String toString() {
            return method + " to " + sender.name();
        }
    }

    Asked ask(Membership.Member sender, Method method, ImageRequest request, Duration timeout) {
        byte[] bytes = request.encode(method);
        return new Asked(sender, method, bytes, transport.call(sender.address(), method, bytes, timeout));
    }

    /** Waits for the answer; an exception when it is anything but what was asked for. */
    byte[] await(Asked asked) throws SenderTroubleException, InterruptedException {
        ImageReply reply;
        try {
            reply = ImageReply.decode(asked.request(), bytes(asked));
        } catch (ImageReply.DamagedException e) {
            throw new SenderTroubleException(Kind.CORRUPT, asked + ": " + e.getMessage(), e);
        }
        return switch (reply.status()) {
            case OK -> reply.body();
            case BUSY -> throw new SenderTroubleException(Kind.BUSY, asked + ": " + reply.reason());
            case GONE -> throw new SenderTroubleException(Kind.GONE, asked + ": " + reply.reason());
            case MALFORMED, UNREADABLE -> throw new SenderTroubleException(Kind.REFUSED, asked + ": " + reply.reason());
        };
    }

    private byte[] bytes(Asked asked) throws SenderTroubleException, InterruptedException {
        while (!isDoneSoon(asked.reply())) {
            checkGoesOn();
        }
        checkGoesOn();
        try {
            return asked.reply().get();
        } catch (ExecutionException e) {
            throw new SenderTroubleException(kind(e.getCause()), asked + ": " + e.getCause(), e);
        }
    }

    /** Waits a moment; the call has a timeout of its own. */
    private static boolean isDoneSoon(CompletableFuture<byte[]> reply) throws InterruptedException {
        try {
            reply.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    private static Kind kind(@Nullable Throwable failure) {
        if (!(failure instanceof TransportException known)) {
            return Kind.SILENT;
        }
        return switch (known.kind()) {
            case UNREACHABLE -> Kind.UNREACHABLE;
            case REFUSED -> Kind.REFUSED;
            case FAILED -> Kind.SILENT;
        };
    }

    /** @throws StoreClosedException it is not to go on */
    void checkGoesOn() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!goOn.getAsBoolean()) {
            throw new StoreClosedException("an image is not fetched any more: member=" + self);
        }
    }
}
