package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.engine.PeerAddresses;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServer;

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
            FileLayer layer,
            PeerAddresses addresses) {
        this.name = settings.self();
        this.consumer = consumer;
        this.transport = transport;
        this.engine = new RatisEngine(settings, transport, consumer, images, layer, addresses);
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

    /** Asks for these members, by ids; an id that ends in {@code ?} is an observer's. */
    CompletableFuture<GroupConfiguration> change(String... wanted) {
        return engine.changeMembers(engine.configuration(), members(wanted), Duration.ofSeconds(3));
    }

    /** As above, and waits until they are the members. */
    GroupConfiguration become(String... wanted) throws ExecutionException, InterruptedException, TimeoutException {
        return change(wanted).get(30, TimeUnit.SECONDS);
    }

    /** The address of each is its id. */
    static List<GroupMember> members(String... wanted) {
        return Stream.of(wanted)
                .map(text -> text.endsWith("?")
                        ? GroupMember.observer(
                                text.substring(0, text.length() - 1), text.substring(0, text.length() - 1))
                        : GroupMember.voter(text, text))
                .toList();
    }

    CompletableFuture<String> submit(String entry) {
        return engine.submit(entry.getBytes(StandardCharsets.UTF_8))
                .thenApply(reply -> new String(reply, StandardCharsets.UTF_8));
    }

    String put(String entry) throws ExecutionException, InterruptedException, TimeoutException {
        return submit(entry).get(20, TimeUnit.SECONDS);
    }

    /** What Ratis locks, and what it would do by itself. */
    RaftServer.Division division() throws ReflectiveOperationException {
        Field running = RatisEngine.class.getDeclaredField("running");
        running.setAccessible(true);
        return Objects.requireNonNull(((RunningDivision) running.get(engine)).get());
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
