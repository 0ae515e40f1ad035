package io.metastore.test;

import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of one member share: it is open before each test and closed after it. */
abstract class OneMember {

    /** Longer than anything here takes on a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    Path directory;
    MetaStore store;

    @BeforeEach
    void open(@TempDir Path temporary) {
        directory = temporary.resolve("store");
        store = configure(MetaStore.builder(directory)).open();
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** More settings of the member. */
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder;
    }

    final void reopen() {
        store.close();
        store = configure(MetaStore.builder(directory)).open();
    }

    /** Runs the action on another thread and waits for its end. */
    static void elsewhere(Runnable action) {
        result(CompletableFuture.runAsync(action));
    }

    /** Returns when the clock of {@link System#nanoTime} has come there; on the caller's thread. */
    static void awaitNanoTime(long nanos) {
        Awaitility.await()
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(PATIENCE)
                .until(() -> nanos - System.nanoTime() <= 0);
    }

    /** Returns when the latch is open; an interrupt is an error. */
    static void awaitOpened(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The result of a future, or what it failed with. */
    static <T> T result(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MetastoreException cause) {
                throw cause;
            }
            throw new AssertionError("unexpected failure", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("a future did not complete within " + PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
