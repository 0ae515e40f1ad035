package io.metastore.raft.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.raft.internal.transport.LinkFaults;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.PersistedImage;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Networks that lose, double and reorder messages. */
class ImageLinkFaultsTest extends ImageFetching {

    @Test
    void duplicatedAndReorderedMessagesDoNoHarm() throws Exception {
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n2.kill();
        cluster.faults.duplicate(cluster.address("n3"), cluster.address("n1"), 0.5);
        cluster.faults.delay(cluster.address("n3"), cluster.address("n1"), Duration.ZERO, Duration.ofMillis(5));
        cluster.faults.delay(cluster.address("n1"), cluster.address("n3"), Duration.ZERO, Duration.ofMillis(5));
        PersistedImage image = fetch(n3, 21);
        assertThat(image.manifest().files()).isEqualTo(sent.files());
        assertThat(cluster.faults.fired(LinkFaults.Fault.DUPLICATED)).isPositive();
        assertThat(cluster.faults.fired(LinkFaults.Fault.REQUEST_DELAYED)).isPositive();
        assertThat(cluster.faults.fired(LinkFaults.Fault.REPLY_DELAYED)).isPositive();
    }

    @Test
    void lostMessagesAreAskedForAgain() throws Exception {
        ImageManifest sent = n1.make(20, 200_000);
        n2.kill();
        cluster.faults.drop(cluster.address("n3"), cluster.address("n1"), 0.15);
        cluster.faults.drop(cluster.address("n1"), cluster.address("n3"), 0.15);
        FetchSettings impatient = new FetchSettings(
                TokenBucket.UNLIMITED,
                CHUNK,
                WINDOW,
                Duration.ofMillis(100),
                Duration.ofMillis(100),
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                20,
                3);
        PersistedImage image = n3.fetcher(impatient).fetch(21).get(100, TimeUnit.SECONDS);
        assertThat(image.manifest().files()).isEqualTo(sent.files());
        assertThat(cluster.faults.fired(LinkFaults.Fault.REQUEST_DROPPED)).isPositive();
        assertThat(cluster.faults.fired(LinkFaults.Fault.REPLY_DROPPED)).isPositive();
    }
}
