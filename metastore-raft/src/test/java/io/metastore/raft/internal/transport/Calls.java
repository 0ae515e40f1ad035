package io.metastore.raft.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Short ways to call and to look at what came of it. */
final class Calls {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(300);

    private Calls() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static CompletableFuture<byte[]> echo(Method method, byte[] request) {
        return CompletableFuture.completedFuture(request);
    }

    static String get(CompletableFuture<byte[]> reply) throws Exception {
        return text(reply.get(20, TimeUnit.SECONDS));
    }

    /** What the call failed with, without wrappers. */
    static Throwable failureOf(CompletableFuture<byte[]> reply) {
        Throwable thrown = catchThrowable(() -> reply.get(20, TimeUnit.SECONDS));
        assertThat(thrown).isInstanceOf(ExecutionException.class);
        return Handling.unwrap(thrown);
    }

    static void assertFailed(CompletableFuture<byte[]> reply, TransportException.Kind kind) {
        assertThat(failureOf(reply))
                .isInstanceOfSatisfying(TransportException.class, failure -> assertThat(failure.kind())
                        .as(failure.getMessage())
                        .isEqualTo(kind));
    }
}
