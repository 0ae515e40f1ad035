package io.metastore.raft.internal.ratis;

import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.engine.PeerAddresses;
import io.metastore.raft.internal.engine.ThreadPlace;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import org.awaitility.core.ConditionTimeoutException;

/** Members of one group in this JVM, each with a directory of its own under one root. */
final class TestGroup implements AutoCloseable {
    static final RatisSettings.Timeouts QUICK = new RatisSettings.Timeouts(
            Duration.ofMillis(300),
            Duration.ofMillis(600),
            Duration.ofMillis(60),
            Duration.ofMillis(200),
            Duration.ofSeconds(2));

    /** A member fills the first journal file and a buffer for entries with zeros when it starts: 8 MiB of both with the limits of production. */
    static final RatisSettings.Limits SMALL = new RatisSettings.Limits(512 << 10, 1 << 20, 4096, 64 << 20, 0);

    final Links links = new Links();
    private final Path root;
    private final UUID id = UUID.randomUUID();
    private final List<RatisSettings.Peer> peers = new ArrayList<>();
    private final Map<String, TestMember> members = new ConcurrentSkipListMap<>();
    private UnaryOperator<RatisSettings> adjust = settings -> settings;
    private PeerAddresses addresses = PeerAddresses.AS_CONFIGURED;

    TestGroup(Path root, String... voters) {
        this.root = root;
        for (String voter : voters) {
            peers.add(RatisSettings.Peer.voter(voter, voter));
        }
    }

    TestGroup withObserver(String name) {
        peers.add(RatisSettings.Peer.observer(name, name));
        return this;
    }

    TestGroup adjusted(UnaryOperator<RatisSettings> newAdjust) {
        adjust = newAdjust;
        return this;
    }

    RatisSettings settings(String name) {
        return adjust.apply(RatisSettings.of(root.resolve(name).resolve("journal"), id, name, peers)
                .withTimeouts(QUICK)
                .withLimits(SMALL));
    }

    TestMember create(String name, RecordingConsumer consumer) {
        return create(name, consumer, ImageSource.NONE, new DiskFileLayer());
    }

    TestMember create(String name, RecordingConsumer consumer, ImageSource images, FileLayer layer) {
        TestMember member = new TestMember(settings(name), links.transport(name), consumer, images, layer, addresses);
        members.put(name, member);
        return member;
    }

    /** The journal of a member that no engine has open. */
    JournalDirectory journal(String name) {
        return new JournalDirectory(new DiskFileLayer(), settings(name).directory(), id);
    }

    TestMember start(String name) {
        return create(name, new RecordingConsumer()).start();
    }

    /** A member with settings of its own. */
    TestMember create(RatisSettings settings, RecordingConsumer consumer) {
        TestMember member = new TestMember(
                settings, links.transport(settings.self()), consumer, ImageSource.NONE, new DiskFileLayer(), addresses);
        members.put(settings.self(), member);
        return member;
    }

    /** A member that waits to be told by a leader that it is one. */
    TestMember createJoiner(String name, RecordingConsumer consumer, ImageSource images) {
        TestMember member =
                new TestMember(joining(name), links.transport(name), consumer, images, new DiskFileLayer(), addresses);
        members.put(name, member);
        return member;
    }

    TestMember startJoiner(String name) {
        return createJoiner(name, new RecordingConsumer(), ImageSource.NONE).start();
    }

    RatisSettings joining(String name) {
        return adjust.apply(RatisSettings.of(root.resolve(name).resolve("journal"), id, name, List.of())
                .withTimeouts(QUICK)
                .withLimits(SMALL));
    }

    TestGroup movedTo(PeerAddresses newAddresses) {
        addresses = newAddresses;
        return this;
    }

    TestGroup startAll() {
        peers.forEach(peer -> start(peer.id()));
        return this;
    }

    TestMember member(String name) {
        TestMember member = members.get(name);
        if (member == null) {
            throw new IllegalArgumentException("no such member: " + name);
        }
        return member;
    }

    List<TestMember> members() {
        return List.copyOf(members.values());
    }

    /** The leader, once there is one that is ready, other than those named. */
    TestMember awaitLeader(String... except) {
        List<String> excluded = List.of(except);
        try {
            return await().pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> members.values().stream()
                                    .filter(member -> !excluded.contains(member.name) && member.engine.leaderReady())
                                    .findFirst(),
                            java.util.Optional::isPresent)
                    .orElseThrow();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("no leader but for " + excluded + ": " + describe(), e);
        }
    }

    /** What each member says of itself, and where its threads are. */
    private String describe() {
        StringBuilder text = new StringBuilder();
        for (TestMember member : members.values()) {
            text.append("\n").append(member.name).append(" ").append(member.engine.status());
            text.append(" last=").append(member.engine.lastEntry());
            text.append(" failures=").append(member.consumer.failures);
            text.append(" leaders=").append(member.consumer.leaders);
        }
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> members.keySet().stream()
                        .anyMatch(name -> thread.getName().startsWith(name + "@")
                                || thread.getName().startsWith(name + "-")))
                .forEach(thread ->
                        text.append("\n").append(thread.getState()).append(" ").append(ThreadPlace.of(thread)));
        return text.toString();
    }

    TestMember follower() {
        return another(awaitLeader());
    }

    /** The first one that is none of these. */
    TestMember another(TestMember... than) {
        return members.values().stream()
                .filter(member -> !List.of(than).contains(member))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        members.values().stream().parallel().forEach(TestMember::close);
    }
}
