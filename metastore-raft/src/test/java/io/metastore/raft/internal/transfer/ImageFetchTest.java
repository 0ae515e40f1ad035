package io.metastore.raft.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.api.Progress;
import io.metastore.api.StoreClosedException;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.transfer.ImageMember.Tampering;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.image.Provenance;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What fetching an image promises when nothing goes wrong, and when there is nothing to fetch. */
class ImageFetchTest extends ImageFetching {

    @Test
    void bringsAnImageThatOpensAsTheStateItIs() throws Exception {
        // given
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        // when
        PersistedImage image = fetch(n3, 21);
        // then
        assertThat(image.manifest()).isEqualTo(sent.withProvenance(new Provenance(Provenance.Kind.RECEIVED, "n1")));
        assertThat(n3.store.images()).containsExactly(image);
        assertThat(names(n3.images)).containsExactly("image.20");
        assertThat(n1.sender.sentBytes()).isEqualTo(sent.bytes());
        try (MetaState state =
                MetaState.open(copy(image.directory()), MetaState.Options.defaults("check"), CommandRuntime.NONE)) {
            assertThat(state.applied()).isEqualTo(sent.position());
            assertThat(state.recomputeFingerprint()).isEqualTo(sent.fingerprint());
        }
        assertProgressOf(sent);
    }

    private void assertProgressOf(ImageManifest sent) {
        List<Progress> told = List.copyOf(n3.progress);
        assertThat(told)
                .allMatch(progress -> progress.member().equals("n3")
                        && progress.operation() == Progress.Operation.RECEIVE_IMAGE
                        && progress.unit() == Progress.Unit.BYTES);
        assertThat(told.get(told.size() - 1).outcome()).isEqualTo(Progress.Outcome.DONE);
        assertThat(told).filteredOn(progress -> progress.outcome() != null).hasSize(1);
        assertThat(told)
                .anyMatch(progress ->
                        progress.step().equals("receiving image.20 from n1") && progress.total() == sent.bytes());
        assertThat(told).anyMatch(progress -> progress.step().equals("verifying image.20"));
    }

    private Path copy(Path image) throws IOException {
        Path copy = Files.createDirectory(directory.resolve("opened"));
        for (Path file : RealImages.list(image)) {
            String name = file.getFileName().toString();
            if (!name.equals(ImageManifest.FILE)) {
                Files.copy(file, copy.resolve(name));
            }
        }
        return copy;
    }

    @Test
    void takesTheNewestAndOfEqualOnesNotTheLeaders() throws Exception {
        n1.make(10, 20_000);
        n1.make(20, 20_000);
        n2.make(20, 20_000);
        n3.leader = "n1";
        PersistedImage image = fetch(n3, 5);
        assertThat(image.index()).isEqualTo(20);
        assertThat(image.manifest().provenance().detail()).isEqualTo("n2");
        assertThat(n1.sender.sentBytes()).isZero();
        assertThat(n1.sender.pinned()).isZero();
    }

    @Test
    void takesFromTheLeaderWhatNobodyElseHas() throws Exception {
        n2.make(10, 20_000);
        n1.make(20, 20_000);
        n3.leader = "n1";
        assertThat(fetch(n3, 15).manifest().provenance().detail()).isEqualTo("n1");
    }

    @Test
    void asksOneMemberForANewerImageAndTakesThat() throws Exception {
        // given
        n1.make(10, 20_000);
        n2.make(10, 20_000);
        n3.leader = "n1";
        n1.renewal = makes(n1, 30);
        n2.renewal = makes(n2, 20);
        // when, then
        PersistedImage image = fetch(n3, 5);
        assertThat(image.index()).isEqualTo(20);
        assertThat(image.manifest().provenance().detail()).isEqualTo("n2");
        assertThat(names(n1.images)).as("nobody asked the leader").containsExactly("image.10");
    }

    @Test
    void takesTheOlderImageWhenANewerIsNotToBeHad() throws Exception {
        n1.make(10, 20_000);
        n1.renewal = () -> CompletableFuture.failedFuture(new IOException("disk full"));
        assertThat(fetch(n3, 5).index()).isEqualTo(10);
    }

    @Test
    void takesTheOlderImageOfAnotherWhenTheMemberDiesOverANewerOne() throws Exception {
        n1.make(10, 20_000);
        n2.make(10, 20_000);
        n3.leader = "n2"; // n1 is asked first.
        n1.renewal = () -> {
            n1.kill();
            return new CompletableFuture<>();
        };
        assertThat(fetch(n3, 5).manifest().provenance().detail()).isEqualTo("n2");
    }

    private static Supplier<CompletableFuture<Void>> makes(ImageMember member, long index) {
        return () -> {
            try {
                member.make(index, 20_000);
                return CompletableFuture.completedFuture(null);
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        };
    }

    @Test
    void anImageThatIsHereAlreadyIsTaken() throws Exception {
        n3.make(20, 20_000);
        assertThat(fetch(n3, 21).index()).isEqualTo(20);
        assertThat(n1.chunks).hasValue(0);
    }

    @Test
    void givesUpWhenNobodyHasOneThatReachesFarEnoughAndSaysSoOfEach() throws Exception {
        n1.make(20, 20_000);
        n2.kill();
        assertThatThrownBy(() -> fetch(n3, 22))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("neededIndex=21")
                .hasMessageContaining("n1: has no image that reaches far enough: newest=20")
                .hasMessageContaining("n2: IMAGE_LIST to n2")
                .hasMessageContaining("n4: IMAGE_LIST to n4");
        assertThat(n3.progress.get(n3.progress.size() - 1).outcome()).isEqualTo(Progress.Outcome.FAILED);
    }

    @Test
    void twoReceiversAtOnceGetWhatOneGets() throws Exception {
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n2.kill();
        ImageMember n4 = cluster.open("n4");
        CompletableFuture<PersistedImage> first = n3.fetcher(SETTINGS).fetch(21);
        CompletableFuture<PersistedImage> second = n4.fetcher(SETTINGS).fetch(21);
        assertThat(first.get(60, TimeUnit.SECONDS).manifest().files()).isEqualTo(sent.files());
        assertThat(second.get(60, TimeUnit.SECONDS).manifest().files()).isEqualTo(sent.files());
        assertThat(n1.sender.sendings()).extracting(ImageSending::receiver).containsExactlyInAnyOrder("n3", "n4");
        assertThat(n1.sender.sendings()).allMatch(sending -> sending.sentBytes() == sent.bytes());
    }

    @Test
    void keepsToTheRateItWasGiven() throws Exception {
        // given
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        long rate = 100_000;
        long start = cluster.clock.nanoTime();
        // when
        n3.fetcher(SETTINGS.bytesPerSecond(rate)).fetch(21).get(60, TimeUnit.SECONDS);
        // then
        double seconds = (cluster.clock.nanoTime() - start) / 1e9;
        System.out.printf(
                "throttled: asked=%d/s got=%.0f/s over %.1f s of its clock%n", rate, sent.bytes() / seconds, seconds);
        assertThat(sent.bytes() / seconds).isBetween(0.95 * rate, 1.03 * rate);
    }

    /** Whoever verifies has a processor for as long as it takes to read the image, else; whoever receives waits for what comes anyway. */
    @Test
    void itRestsWhileItReadsBackWhatCameAndNotWhileItReceives() throws Exception {
        n1.make(20, IMAGE_BYTES);
        List<Long> rests = new CopyOnWriteArrayList<>();
        List<String> resting = new CopyOnWriteArrayList<>();
        n3.close();
        n3 = cluster.open("n3", new RestingClock(nanos -> {
            rests.add(nanos);
            resting.add(Thread.currentThread().getName());
        }));
        assertThat(fetch(n3, 21).index()).isEqualTo(20);
        assertThat(rests).isNotEmpty().allMatch(nanos -> nanos <= 4_000_000);
        assertThat(resting)
                .as("nothing is left to be verified when the last piece is there")
                .containsOnly("n3-image-reader");
    }

    /** Files that an earlier attempt has received are verified when the rest is there. */
    @Test
    void itRestsWhileItVerifiesWhatWasHereBefore() throws Exception {
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n1.tampering = (method, request, chunk, reply) -> {
            if (n1.chunkBytes.get() > sent.bytes() - CHUNK) {
                n3.goOn.set(false);
            }
            return CompletableFuture.completedFuture(reply);
        };
        assertThatThrownBy(() -> fetch(n3, 21)).isInstanceOf(StoreClosedException.class);
        assertThat(names(n3.images.resolve("image.receiving"))).anyMatch(name -> name.endsWith(".sst"));
        n1.tampering = Tampering.NONE;
        List<String> restedIn = new CopyOnWriteArrayList<>();
        n3.close();
        n3 = cluster.open("n3", new RestingClock(nanos -> {
            if (Thread.currentThread().getName().equals("n3-image-receiver")) {
                restedIn.add(n3.progress.get(n3.progress.size() - 1).step());
            }
        }));
        assertThat(fetch(n3, 21).index()).isEqualTo(20);
        assertThat(restedIn).isNotEmpty().containsOnly("verifying image.20");
    }

    /** As if what is between two looks took a millisecond. */
    private static final class RestingClock implements WaitingClock {
        private final AtomicLong now = new AtomicLong();
        private final LongConsumer rest;

        RestingClock(LongConsumer rest) {
            this.rest = rest;
        }

        @Override
        public long nanoTime() {
            return now.addAndGet(1_000_000);
        }

        @Override
        public void await(long nanos) {
            rest.accept(nanos);
            now.addAndGet(nanos);
        }
    }

    @Test
    void aSecondRequestJoinsTheFirst() throws Exception {
        n1.make(20, 20_000);
        CompletableFuture<byte[]> held = new CompletableFuture<>();
        AtomicInteger holding = new AtomicInteger();
        n1.tampering = (method, request, chunk, reply) -> {
            if (chunk != 1) {
                return CompletableFuture.completedFuture(reply);
            }
            holding.incrementAndGet();
            return held.thenApply(released -> reply);
        };
        ImageFetcher fetcher = n3.fetcher(SETTINGS);
        CompletableFuture<PersistedImage> first = fetcher.fetch(15);
        await().until(() -> holding.get() == 1);
        assertThat(fetcher.fetch(12)).isSameAs(first);
        assertThatThrownBy(() -> fetcher.fetch(16).get(1, TimeUnit.SECONDS))
                .hasCauseInstanceOf(UnavailableException.class);
        held.complete(new byte[0]);
        assertThat(first.get(60, TimeUnit.SECONDS).index()).isEqualTo(20);
    }

    @Tag("alone")
    @Test
    void closingEndsItWithin200MillisecondsWhateverItWaitsFor() throws Exception {
        n1.make(20, 20_000);
        n2.kill();
        AtomicInteger waiting = new AtomicInteger();
        n1.tampering = (method, request, chunk, reply) -> {
            waiting.incrementAndGet();
            return new CompletableFuture<>();
        };
        assertEndsOnClose(n3.fetcher(SETTINGS), () -> waiting.get() > 0);
        // and: while it waits for its rate
        n1.tampering = Tampering.NONE;
        n3.close();
        n3 = cluster.open("n3", WaitingClock.SYSTEM);
        long before = n1.chunks.get();
        assertEndsOnClose(
                n3.fetcher(SETTINGS.bytesPerSecond(FetchSettings.CHUNK_BYTES_MIN)), () -> n1.chunks.get() > before + 1);
    }

    private void assertEndsOnClose(ImageFetcher fetcher, Callable<Boolean> underWay) {
        CompletableFuture<PersistedImage> result = fetcher.fetch(21);
        await().until(underWay);
        long start = System.nanoTime();
        fetcher.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(200));
        assertThat(result).isCompletedExceptionally();
        assertThatThrownBy(result::join).hasCauseInstanceOf(StoreClosedException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("n3-image-receiver"));
        assertThatThrownBy(() -> fetcher.fetch(21).get()).hasCauseInstanceOf(StoreClosedException.class);
    }
}
