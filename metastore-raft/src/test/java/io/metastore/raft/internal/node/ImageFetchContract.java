package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.api.MetastoreException;
import io.metastore.api.Progress;
import io.metastore.api.StoreClosedException;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.node.ImageMember.Tampering;
import io.metastore.raft.internal.transport.LinkFaults;
import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.Lineage;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.image.Provenance;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What fetching an image promises over each kind of network. Member n3 receives. */
@Timeout(120)
abstract class ImageFetchContract {

    private static final int CHUNK = 8 << 10;
    private static final int WINDOW = 4;
    private static final int IMAGE_BYTES = 600_000;
    private static final FetchSettings SETTINGS = new FetchSettings(
            TokenBucket.UNLIMITED,
            CHUNK,
            WINDOW,
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofMillis(10),
            Duration.ofMillis(80),
            8,
            3);

    @TempDir
    private Path directory;

    private ImageCluster cluster;
    private ImageMember n1;
    private ImageMember n2;
    private ImageMember n3;

    abstract ImageCluster.Network network();

    @BeforeEach
    void open() throws IOException {
        cluster = new ImageCluster(network(), directory, "n1", "n2", "n3", "n4");
        n1 = cluster.open("n1");
        n2 = cluster.open("n2");
        n3 = cluster.open("n3");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

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
    void goesOnWithAnotherMemberWhenTheSenderDiesAndItHasTheSameBytes() throws Exception {
        // given: n2 has received the image of n1
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n2.copyFrom(n1, 20);
        n3.leader = "n2"; // n1 is asked first.
        AtomicLong killedAt = killAtHalf(n1, sent);
        // when
        PersistedImage image = fetch(n3, 21);
        // then
        assertThat(killedAt.get()).as("the sender was killed").isPositive();
        assertThat(image.manifest().provenance().detail()).isEqualTo("n2");
        assertThat(n1.chunkBytes.get() + n2.chunkBytes.get())
                .as("bytes asked for, those twice that were under way")
                .isBetween(sent.bytes(), sent.bytes() + WINDOW * CHUNK);
    }

    @Test
    void beginsAnewWithAnotherMemberWhenTheSenderDiesAndItHasOtherBytes() throws Exception {
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        ImageManifest other = n2.make(20, IMAGE_BYTES);
        assertThat(other.fingerprint()).isEqualTo(sent.fingerprint());
        assertThat(other.files()).isNotEqualTo(sent.files());
        n3.leader = "n2";
        AtomicLong killedAt = killAtHalf(n1, sent);
        PersistedImage image = fetch(n3, 21);
        assertThat(killedAt.get()).as("the sender was killed").isPositive();
        assertThat(image.manifest().files()).isEqualTo(other.files());
        assertThat(n2.chunkBytes.get()).isEqualTo(other.bytes());
    }

    private static AtomicLong killAtHalf(ImageMember member, ImageManifest sent) {
        AtomicLong killedAt = new AtomicLong();
        member.tampering = (method, request, chunk, reply) -> {
            if (member.chunkBytes.get() > sent.bytes() / 2 && killedAt.compareAndSet(0, chunk)) {
                member.kill();
            }
            return CompletableFuture.completedFuture(reply);
        };
        return killedAt;
    }

    @Test
    void aReceiverThatWasEndedGoesOnWhereItStopped() throws Exception {
        // given
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        AtomicInteger ends = new AtomicInteger();
        n1.tampering = (method, request, chunk, reply) -> {
            if (chunk == 15 || chunk == 40) {
                ends.incrementAndGet();
                n3.goOn.set(false);
            }
            return CompletableFuture.completedFuture(reply);
        };
        // when: twice, each time in a store of images that is opened anew
        for (int end = 1; end <= 2; end++) {
            n3.goOn.set(true);
            assertThatThrownBy(() -> fetch(n3, 21)).isInstanceOf(StoreClosedException.class);
            assertThat(ends).hasValue(end);
            assertThat(names(n3.images)).containsExactly("image.receiving");
            n3.close();
            n3 = cluster.open("n3");
        }
        PersistedImage image = fetch(n3, 21);
        // then
        assertThat(image.index()).isEqualTo(20);
        long again = n1.chunkBytes.get() - sent.bytes();
        System.out.println("fetched again after two ends: bytes=" + again + " of=" + sent.bytes());
        assertThat(again).isBetween(0L, 2L * WINDOW * CHUNK);
    }

    @Test
    void aFileWhoseEndWasLostWithThePowerIsFetchedAgain() throws Exception {
        // given: half of it, the last bytes zeroed
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        ImageFile largest = largest(sent);
        n1.tampering = (method, request, chunk, reply) -> {
            if (request.file().equals(largest.name()) && request.offset() > largest.bytes() / 2) {
                n3.goOn.set(false);
            }
            return CompletableFuture.completedFuture(reply);
        };
        assertThatThrownBy(() -> fetch(n3, 21)).isInstanceOf(StoreClosedException.class);
        n1.tampering = Tampering.NONE;
        n3.goOn.set(true);
        Path part = n3.images.resolve("image.receiving").resolve(largest.name() + ".part");
        byte[] bytes = Files.readAllBytes(part);
        Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0);
        Files.write(part, bytes);
        // when
        PersistedImage image = fetch(n3, 21);
        // then
        assertThat(image.index()).isEqualTo(20);
        assertThat(n1.chunkBytes.get() - sent.bytes())
                .isBetween((long) bytes.length, largest.bytes() + 2 * WINDOW * CHUNK);
    }

    @Test
    void damagedRepliesAreNeverTakenAndAnotherMemberIsAsked() throws Exception {
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n2.copyFrom(n1, 20);
        n3.leader = "n2";
        for (Damage damage : Damage.values()) {
            AtomicInteger struck = new AtomicInteger();
            n1.tampering = (method, request, chunk, reply) -> {
                if (method != Method.IMAGE_CHUNK) {
                    return CompletableFuture.completedFuture(reply);
                }
                struck.incrementAndGet();
                return damage.of(reply);
            };
            PersistedImage image = fetch(n3, 21);
            assertThat(struck.get()).as("struck by %s", damage).isPositive();
            assertThat(image.manifest().provenance().detail())
                    .as("after %s", damage)
                    .isEqualTo("n2");
            assertThat(image.manifest().files()).isEqualTo(sent.files());
            new DiskFileLayer().deleteTree(image.directory());
            n3.store.recheck();
        }
    }

    private enum Damage {
        FLIPPED_BIT,
        TRUNCATED,
        EMPTY,
        ERROR_PAGE,
        LONGER,
        FAILING,
        OF_ANOTHER_REQUEST;

        CompletableFuture<byte[]> of(byte[] reply) {
            byte[] damaged = reply.clone();
            switch (this) {
                case FLIPPED_BIT -> damaged[reply.length / 2] ^= 4;
                case TRUNCATED -> damaged = Arrays.copyOf(reply, reply.length - 1);
                case EMPTY -> damaged = new byte[0];
                case ERROR_PAGE ->
                    damaged = "<html><body>502 Bad Gateway</body></html>".getBytes(StandardCharsets.US_ASCII);
                case LONGER -> damaged = Arrays.copyOf(reply, reply.length + 1);
                case FAILING -> {
                    return CompletableFuture.failedFuture(new IOException("disk"));
                }
                case OF_ANOTHER_REQUEST ->
                    damaged = ImageReply.ok(new byte[8])
                            .encode(ImageRequest.list("n9").encode(Method.IMAGE_LIST));
            }
            return CompletableFuture.completedFuture(damaged);
        }
    }

    @Test
    void aFileThatIsDamagedOnTheSendersDiskIsNeverPublished() throws Exception {
        // given: the same image at two members, damaged at the one that is asked first
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n2.copyFrom(n1, 20);
        Path largest = damageLargest(n1, sent);
        n3.leader = "n2";
        // when
        PersistedImage image = fetch(n3, 21);
        // then
        assertThat(image.manifest().provenance().detail()).isEqualTo("n2");
        String name = largest.getFileName().toString();
        assertThat(image.directory().resolve(name)).hasSameBinaryContentAs(n2.images.resolve("image.20/" + name));
        assertThat(n1.chunkBytes.get())
                .as("three times, not more")
                .isBetween(
                        2 * sent.file(name).bytes(),
                        sent.bytes() + 3 * sent.file(name).bytes());
    }

    @Test
    void whenEverySenderIsDamagedItGivesUpAndNamesThem() throws Exception {
        ImageManifest sent = n1.make(20, 60_000);
        damageLargest(n1, sent);
        n2.tampering = (method, request, chunk, reply) ->
                CompletableFuture.completedFuture(Arrays.copyOf(reply, reply.length + 1));
        cluster.open("n4").tampering = n2.tampering;
        assertThatThrownBy(() -> fetch(n3, 21))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("n1 (not asked again): a received file is not what the manifest says")
                .hasMessageContaining("n2 (not asked again): IMAGE_LIST to n2: a reply is damaged")
                .hasMessageContaining("n4 (not asked again)");
        assertThat(n3.store.images()).isEmpty();
    }

    private static ImageFile largest(ImageManifest manifest) {
        return manifest.files().stream()
                .max(Comparator.comparing(ImageFile::bytes))
                .orElseThrow();
    }

    private static Path damageLargest(ImageMember member, ImageManifest sent) throws IOException {
        ImageFile largest = largest(sent);
        Path path = member.images.resolve("image.20").resolve(largest.name());
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length / 2] ^= 1;
        Files.write(path, bytes);
        return path;
    }

    @Test
    void anImageOfAnotherClusterIsRefused() throws Exception {
        n2.make(10, 20_000);
        ImageMember stranger = n1;
        byte[] list = OfferedImage.encode(List.of(OfferedImage.of(RealImages.make(
                directory.resolve("elsewhere"), 20, 20_000, "n1", new Lineage(new UUID(9, 9), "main", 1)))));
        ImageManifest foreign =
                ManifestCodec.decode(directory, Files.readAllBytes(directory.resolve("elsewhere/image.20/MANIFEST")));
        stranger.tampering = (method, request, chunk, reply) -> CompletableFuture.completedFuture(
                switch (method) {
                    case IMAGE_LIST -> ImageReply.ok(list).encode(request.encode(method));
                    case IMAGE_MANIFEST ->
                        ImageReply.ok(ManifestCodec.encode(foreign)).encode(request.encode(method));
                    default -> reply;
                });
        assertThat(fetch(n3, 5).index()).isEqualTo(10);
        assertThat(stranger.chunks).hasValue(0);
    }

    @Test
    void anImageThatHoldsAnotherStateThanItPromisesIsNeverPublished() throws Exception {
        // given: every file as the manifest says, and the manifest wrong about the state
        ImageManifest sent = n1.make(20, 60_000);
        ImageManifest lie = new ImageManifest(
                sent.clusterId(),
                sent.store(),
                sent.epoch(),
                sent.position(),
                sent.revision(),
                "0".repeat(32),
                sent.membership(),
                sent.created(),
                sent.provenance(),
                sent.origin(),
                sent.files());
        Files.write(n1.images.resolve("image.20/" + ImageManifest.FILE), ManifestCodec.encode(lie));
        n1.store.recheck();
        // then
        assertThatThrownBy(() -> fetch(n3, 21))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("n1 (not asked again): image does not hold the state")
                .hasMessageContaining(sent.fingerprint());
        assertThat(names(n3.images)).isEmpty();
        assertThat(n3.store.images()).isEmpty();
    }

    @Test
    void duplicatedAndReorderedMessagesDoNoHarm() throws Exception {
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n2.kill();
        link(LinkFaults::duplicate, 0.5);
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

    private void link(LinkFault fault, double probability) {
        fault.set(cluster.faults, cluster.address("n3"), cluster.address("n1"), probability);
    }

    private interface LinkFault {
        void set(LinkFaults faults, String from, String to, double probability);
    }

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

    /** The image, or what it failed with. */
    private PersistedImage fetch(ImageMember member, long needed) throws Exception {
        try (ImageFetcher fetcher = member.fetcher(SETTINGS)) {
            return fetcher.fetch(needed).get(100, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MetastoreException cause) {
                throw cause;
            }
            throw e;
        }
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

    private static List<String> names(Path path) throws IOException {
        return RealImages.list(path).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }
}
