package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.engine.PeerAddresses;
import io.metastore.raft.internal.transport.ClusterCredentials;
import io.metastore.raft.internal.transport.GrpcOptions;
import io.metastore.raft.internal.transport.GrpcTransport;
import io.metastore.raft.internal.transport.TestPorts;
import io.metastore.snapshot.files.DiskFileLayer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notices and entries behind an image over real connections. */
class GrpcImageTest {
    private static final RatisSettings.Timeouts PATIENT = new RatisSettings.Timeouts(
            Duration.ofMillis(600),
            Duration.ofMillis(1200),
            Duration.ofMillis(100),
            Duration.ofMillis(400),
            Duration.ofSeconds(15));

    private final UUID group = UUID.randomUUID();
    private final List<RatisSettings.Peer> peers = new ArrayList<>();

    @Test
    void aMemberTakesAnImageAndIsServedBehindIt(@TempDir Path root) throws Exception {
        for (String name : List.of("a", "b", "c")) {
            peers.add(RatisSettings.Peer.voter(name, TestPorts.nextAddress()));
        }
        try (TestMember a = member(root, 0, new RecordingConsumer(), ImageSource.NONE)
                        .start();
                TestMember b = member(root, 1, new RecordingConsumer(), ImageSource.NONE)
                        .start()) {
            await().atMost(Duration.ofSeconds(30)).until(() -> a.engine.leaderReady() || b.engine.leaderReady());
            TestMember leader = a.engine.leaderReady() ? a : b;
            TestMember other = leader == a ? b : a;
            Fill.put(leader, 0, 14);
            Fill.awaitSame(other, leader);
            assertThat(Fill.purgeAll(leader)).isPositive();
            assertThat(Fill.purgeAll(other)).isPositive();
            TestImages images = new TestImages(leader.consumer::image);
            try (TestMember fresh = member(root, 2, images.feed(new RecordingConsumer()), images)
                    .start()) {
                Fill.put(leader, 14, 2);
                Fill.awaitSame(fresh, leader);
                assertThat(images.asked).isNotEmpty();
                assertThat(fresh.consumer.failures).isEmpty();
            }
        }
    }

    private TestMember member(Path root, int number, RecordingConsumer consumer, ImageSource images) throws Exception {
        RatisSettings.Peer self = peers.get(number);
        RatisSettings settings = RatisSettings.of(root.resolve(self.name()), group, self.name(), peers)
                .withTimeouts(PATIENT);
        return new TestMember(
                Fill.SMALL_FILES.apply(settings),
                new GrpcTransport(
                        self.address(),
                        ClusterCredentials.of("secret".getBytes(StandardCharsets.UTF_8), "cluster-1"),
                        GrpcOptions.builder()
                                .connectTimeout(Duration.ofSeconds(15))
                                .threadNamePrefix(self.name())
                                .build()),
                consumer,
                images,
                new DiskFileLayer(),
                PeerAddresses.AS_CONFIGURED);
    }
}
