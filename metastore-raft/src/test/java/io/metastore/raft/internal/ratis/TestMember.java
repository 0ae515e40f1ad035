package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One engine with its transport and consumer. */
final class TestMember implements AutoCloseable {
    final String name;
    final RecordingConsumer consumer;
    final RatisEngine engine;
    private final Transport transport;

    TestMember(
            RatisSettings settings,
            Transport transport,
            RecordingConsumer consumer,
            ImageSource images,
            FileLayer layer) {
        this.name = settings.self();
        this.consumer = consumer;
        this.transport = transport;
        this.engine = new RatisEngine(settings, transport, consumer, images, layer);
    }

    TestMember start() {
        try {
            transport.listen(engine::handleRaft);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        engine.start();
        return this;
    }

    CompletableFuture<String> submit(String entry) {
        return engine.submit(entry.getBytes(StandardCharsets.UTF_8))
                .thenApply(reply -> new String(reply, StandardCharsets.UTF_8));
    }

    String put(String entry) throws ExecutionException, InterruptedException, TimeoutException {
        return submit(entry).get(20, TimeUnit.SECONDS);
    }

    void abandon() {
        engine.abandon();
        transport.close();
    }

    @Override
    public void close() {
        engine.close(Duration.ofSeconds(5));
        transport.close();
    }
}
