package io.metastore.raft.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.PersistedImage;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An image stays while it is sent, and goes when nobody asks for it any more. */
class ImagePinTest extends ImageFetching {

    @Test
    void aPinHoldsWhileANewerImageIsMadeAndTheOldOneGivenUp() throws Exception {
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n2.kill();
        AtomicInteger struck = new AtomicInteger();
        n1.tampering = (method, request, chunk, reply) -> {
            if (chunk == 10) {
                struck.incrementAndGet();
                cluster.clock.advanceSeconds(29);
                n1.sender.tick();
                giveUpForNewer(n1);
                assertThat(n1.store.images()).hasSize(3);
            }
            return CompletableFuture.completedFuture(reply);
        };
        PersistedImage image = fetch(n3, 21);
        assertThat(struck).hasValue(1);
        assertThat(image.manifest().files()).isEqualTo(sent.files());
        // and: once nobody asks for it any more it goes
        assertThat(n1.sender.pinned()).isEqualTo(1);
        cluster.clock.advanceSeconds(31);
        n1.sender.tick();
        n1.store.retain(2);
        assertThat(n1.store.images()).extracting(PersistedImage::index).containsExactly(30L, 29L);
    }

    @Test
    void whenThePinIsOverTheNewerImageIsFetched() throws Exception {
        // given: a receiver that stopped in the middle, and is away for longer than a pin lasts
        n1.make(20, IMAGE_BYTES);
        n2.kill();
        n1.tampering = (method, request, chunk, reply) -> {
            if (chunk == 10) {
                n3.goOn.set(false);
            }
            return CompletableFuture.completedFuture(reply);
        };
        assertThatThrownBy(() -> fetch(n3, 21)).isInstanceOf(StoreClosedException.class);
        assertThat(n1.sender.pinned()).isEqualTo(1);
        assertThat(n1.sender.sendings()).singleElement().satisfies(sending -> {
            assertThat(sending.receiver()).isEqualTo("n3");
            assertThat(sending.index()).isEqualTo(20);
            assertThat(sending.sentBytes()).isPositive().isLessThan(sending.imageBytes());
        });
        await().until(
                        () -> { // Pieces that were asked for before the end are still being read.
                            cluster.clock.advanceSeconds(30);
                            n1.sender.tick();
                            return n1.sender.pinned() == 0;
                        });
        assertThat(n1.sender.sendings()).isEmpty();
        giveUpForNewer(n1);
        // when
        n3.goOn.set(true);
        PersistedImage image = fetch(n3, 21);
        // then
        assertThat(image.index()).isEqualTo(30);
        assertThat(names(n3.images)).containsExactly("image.30");
    }

    @Test
    void anImageThatGoesInTheMiddleIsRefusedAndTheNewerOneFetched() throws Exception {
        n1.make(20, IMAGE_BYTES);
        n2.kill();
        AtomicInteger struck = new AtomicInteger();
        n1.tampering = (method, request, chunk, reply) -> {
            if (chunk == 10 && struck.getAndIncrement() == 0) {
                cluster.clock.advanceSeconds(30); // As if the pieces before had taken so long.
                n1.sender.tick();
                giveUpForNewer(n1);
            }
            return CompletableFuture.completedFuture(reply);
        };
        FetchSettings oneByOne = new FetchSettings(
                TokenBucket.UNLIMITED,
                CHUNK,
                1, // A piece that is being read would keep the image.
                SETTINGS.callTimeout(),
                SETTINGS.listTimeout(),
                SETTINGS.pauseMin(),
                SETTINGS.pauseMax(),
                8,
                3);
        assertThat(n3.fetcher(oneByOne).fetch(21).get(60, TimeUnit.SECONDS).index())
                .isEqualTo(30);
        assertThat(struck.get()).isPositive();
        assertThat(names(n3.images)).containsExactly("image.30");
    }

    /** Two newer ones, so that there is no need to keep the one before. */
    private static void giveUpForNewer(ImageMember member) {
        try {
            member.make(29, 20_000);
            member.make(30, 20_000);
            member.store.retain(2);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
