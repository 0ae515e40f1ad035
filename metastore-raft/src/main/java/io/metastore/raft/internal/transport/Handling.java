package io.metastore.raft.internal.transport;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** How a handler is called and how its failures reach the caller; the same for every transport. */
final class Handling {
    private Handling() {}

    /** Calls the handler on this thread; never throws, a throwing handler is a failed future. */
    static CompletableFuture<byte[]> handle(Transport.Handler handler, Method method, byte[] request) {
        try {
            return Objects.requireNonNull(handler.handle(method, request), "handler returned no future");
        } catch (RuntimeException
                | Error e) { // An error of the handler is the caller's to see; this thread serves others too.
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What the caller sees: a refusal stays a refusal, everything else may have been handled. */
    static TransportException failure(Throwable thrown, String facts) {
        Throwable cause = unwrap(thrown);
        TransportException.Kind kind =
                isRefusal(cause) ? TransportException.Kind.REFUSED : TransportException.Kind.FAILED;
        String what = kind == TransportException.Kind.REFUSED ? "request was refused: " : "handler failed: ";
        return new TransportException(kind, what + facts + " cause=" + describe(cause), cause);
    }

    static boolean isRefusal(Throwable thrown) {
        return thrown instanceof TransportException e && e.kind() == TransportException.Kind.REFUSED;
    }

    static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Class and message in one line, for the other side of a wire. */
    static String describe(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getName() : thrown.getClass().getSimpleName() + ": " + message;
    }
}
