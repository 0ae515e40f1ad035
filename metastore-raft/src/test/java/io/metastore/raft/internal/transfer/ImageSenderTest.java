package io.metastore.raft.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.transfer.ImageReply.Status;
import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.image.ContentDigest;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.ManifestCodec;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImageSenderTest {

    private static final List<Method> METHODS =
            List.of(Method.IMAGE_LIST, Method.IMAGE_RENEW, Method.IMAGE_MANIFEST, Method.IMAGE_CHUNK);

    private final VirtualClock clock = new VirtualClock();
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger reading = new AtomicInteger();
    private final AtomicInteger renewals = new AtomicInteger();
    private volatile boolean holdsReads;

    private Path images;
    private ImageManifest manifest;
    private ImageFile file;
    private String digest;
    private ImageStore store;
    private ImageSender sender;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        images = directory.resolve("image");
        manifest = RealImages.make(images, 5, 100_000, "n1");
        file = manifest.files().stream()
                .max(Comparator.comparing(ImageFile::bytes))
                .orElseThrow();
        digest = ContentDigest.of(manifest);
        store = ImageStore.open(new DiskFileLayer(), images, RealImages.LINEAGE);
        sender = new ImageSender(
                holding(new DiskFileLayer()),
                store,
                () -> {
                    renewals.incrementAndGet();
                    return CompletableFuture.completedFuture(null);
                },
                clock::nanoTime);
    }

    @AfterEach
    void close() {
        released.countDown();
        sender.close();
    }

    @Test
    void listsDescribesAndSends() throws Exception {
        // the list pins nothing
        List<OfferedImage> offers = OfferedImage.decode(ok(Method.IMAGE_LIST, ImageRequest.list("n2")));
        assertThat(offers).containsExactly(OfferedImage.of(manifest));
        assertThat(sender.pinned()).isZero();
        byte[] encoded = ok(Method.IMAGE_MANIFEST, ImageRequest.manifest("n2", 5));
        assertThat(ManifestCodec.decode(images, encoded)).isEqualTo(manifest);
        assertThat(sender.pinned()).isEqualTo(1);
        byte[] expected = Files.readAllBytes(images.resolve("image.5").resolve(file.name()));
        assertThat(ok(Method.IMAGE_CHUNK, chunk(3, 1000))).isEqualTo(Arrays.copyOfRange(expected, 3, 1003));
        int last = (int) file.bytes() - 1;
        assertThat(ok(Method.IMAGE_CHUNK, chunk(last, 1))).containsExactly(expected[last]);
        assertThat(sender.sentBytes()).isEqualTo(1001);
    }

    @Test
    void refusesWhatNoImageHas() throws Exception {
        long size = file.bytes();
        for (ImageRequest request : List.of(
                chunk(-1, 10),
                chunk(Long.MIN_VALUE, 10),
                chunk(Long.MAX_VALUE, 10),
                chunk(Long.MAX_VALUE - 5, 10),
                chunk(size, 1),
                chunk(size - 9, 10),
                chunk(0, 0),
                chunk(0, -1),
                chunk(0, Integer.MIN_VALUE),
                chunk(0, ImageSender.CHUNK_BYTES_MAX + 1),
                of("", 0, 1),
                of(".", 0, 1),
                of("..", 0, 1),
                of("../image.5/" + file.name(), 0, 1),
                of("/etc/passwd", 0, 1),
                of("sub/" + file.name(), 0, 1),
                of("sub\\" + file.name(), 0, 1),
                of(file.name() + "\0", 0, 1),
                of(ImageManifest.FILE, 0, 1))) {
            assertThat(ask(Method.IMAGE_CHUNK, request).status())
                    .as("%s", request)
                    .isEqualTo(Status.MALFORMED);
        }
        assertThat(sender.sentBytes()).isZero();
    }

    @Test
    void refusesImagesItHasNotAndOtherBytesThanItHas() throws Exception {
        for (long index : new long[] {-1, 0, 4, 6, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(ask(Method.IMAGE_MANIFEST, ImageRequest.manifest("n2", index))
                            .status())
                    .isEqualTo(Status.GONE);
        }
        ImageRequest other = new ImageRequest("n2", 5, "0".repeat(64), file.name(), 0, 1);
        assertThat(ask(Method.IMAGE_CHUNK, other).status()).isEqualTo(Status.GONE);
        assertThat(ask(Method.IMAGE_CHUNK, other).reason()).contains(digest);
        assertThat(sender.pinned()).as("a pin that ends by itself").isEqualTo(1);
    }

    @Test
    void bytesThatAreNoRequestsAreRefusedAndChangeNothing() throws Exception {
        long seed = 42_2026;
        Random random = new Random(seed);
        List<String> before = photo();
        Map<Status, Integer> answers = new EnumMap<>(Status.class);
        int renewed = 0;
        for (int i = 0; i < 20_000; i++) {
            Method method = METHODS.get(random.nextInt(METHODS.size()));
            byte[] request = random.nextInt(4) == 0 ? bytes(random, random.nextInt(300)) : mutated(random, method);
            byte[] reply = sender.handle(method, request).get(10, TimeUnit.SECONDS);
            Status status = ImageReply.decode(request, reply).status();
            renewed += method == Method.IMAGE_RENEW && status == Status.OK ? 1 : 0;
            answers.merge(status, 1, Integer::sum);
        }
        System.out.println("fuzzed: seed=" + seed + " answers=" + answers);
        assertThat(answers.get(Status.MALFORMED)).as("seed %d", seed).isGreaterThan(5_000);
        assertThat(renewals).as("what is refused makes no image").hasValue(renewed);
        assertThat(renewed).isPositive();
        assertThat(answers).doesNotContainKeys(Status.BUSY, Status.UNREADABLE);
        assertThat(photo()).isEqualTo(before);
        assertThat(sender.sendings()).as("a bound on what is remembered").hasSizeLessThanOrEqualTo(64);
        clock.advanceSeconds(30);
        sender.tick();
        assertThat(sender.pinned()).isZero();
        assertThat(sender.sendings()).isEmpty();
    }

    private byte[] mutated(Random random, Method method) {
        ImageRequest sound =
                switch (method) {
                    case IMAGE_LIST, IMAGE_RENEW -> ImageRequest.list("n2");
                    case IMAGE_MANIFEST -> ImageRequest.manifest("n2", 5);
                    default -> chunk(random.nextInt(1000), 1 + random.nextInt(1000));
                };
        byte[] request = sound.encode(method);
        switch (random.nextInt(3)) {
            case 0 -> request[random.nextInt(request.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> request = Arrays.copyOf(request, random.nextInt(request.length));
            default -> request = Arrays.copyOf(request, request.length + 1 + random.nextInt(20));
        }
        return request;
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void aFileThatIsShorterThanItsManifestSaysOrGoneIsUnreadable() throws Exception {
        Path path = images.resolve("image.5").resolve(file.name());
        ok(Method.IMAGE_CHUNK, chunk(0, 1)); // Pinned, and looked at no more.
        Files.write(path, new byte[10]);
        assertThat(ask(Method.IMAGE_CHUNK, chunk(5, 10)).status()).isEqualTo(Status.UNREADABLE);
        assertThat(ok(Method.IMAGE_CHUNK, chunk(5, 5))).hasSize(5);
        Files.delete(path);
        assertThat(ask(Method.IMAGE_CHUNK, chunk(5, 5)).status()).isEqualTo(Status.UNREADABLE);
    }

    @Test
    void atMostFourPiecesAreReadAtATime() throws Exception {
        // given
        holdsReads = true;
        List<CompletableFuture<ImageReply>> asked = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            asked.add(
                    CompletableFuture.supplyAsync(() -> askUnchecked(chunk(0, 10)), task -> new Thread(task).start()));
        }
        await().until(() -> reading.get() == 4);
        // when
        ImageReply fifth = ask(Method.IMAGE_CHUNK, chunk(0, 10));
        // then
        assertThat(fifth.status()).isEqualTo(Status.BUSY);
        released.countDown();
        for (CompletableFuture<ImageReply> reply : asked) {
            assertThat(reply.get(10, TimeUnit.SECONDS).status()).isEqualTo(Status.OK);
        }
        assertThat(ask(Method.IMAGE_CHUNK, chunk(0, 10)).status()).isEqualTo(Status.OK);
    }

    @Test
    void aPinEndsHalfAMinuteAfterTheLastRequestAndNotWhileAPieceIsRead() throws Exception {
        ok(Method.IMAGE_MANIFEST, ImageRequest.manifest("n2", 5));
        clock.advanceSeconds(29);
        sender.tick();
        ok(Method.IMAGE_CHUNK, chunk(0, 10));
        clock.advanceSeconds(29);
        sender.tick();
        assertThat(sender.pinned()).isEqualTo(1);
        holdsReads = true;
        CompletableFuture<ImageReply> slow =
                CompletableFuture.supplyAsync(() -> askUnchecked(chunk(0, 10)), task -> new Thread(task).start());
        await().until(() -> reading.get() == 1);
        clock.advanceSeconds(3_600);
        sender.tick();
        assertThat(sender.pinned()).isEqualTo(1);
        released.countDown();
        assertThat(slow.get(10, TimeUnit.SECONDS).status()).isEqualTo(Status.OK);
        sender.tick();
        assertThat(sender.pinned()).as("counted from its end").isEqualTo(1);
        clock.advanceSeconds(30);
        sender.tick();
        assertThat(sender.pinned()).isZero();
    }

    @Test
    void closedItRefusesAndHoldsNothing() throws Exception {
        ok(Method.IMAGE_CHUNK, chunk(0, 10));
        sender.close();
        assertThat(sender.pinned()).isZero();
        assertThat(ask(Method.IMAGE_CHUNK, chunk(0, 10)).status()).isEqualTo(Status.GONE);
        assertThat(ask(Method.IMAGE_MANIFEST, ImageRequest.manifest("n2", 5)).status())
                .isEqualTo(Status.GONE);
    }

    private ImageRequest chunk(long offset, int length) {
        return of(file.name(), offset, length);
    }

    private ImageRequest of(String name, long offset, int length) {
        return new ImageRequest("n2", 5, digest, name, offset, length);
    }

    private ImageReply ask(Method method, ImageRequest request) throws Exception {
        byte[] bytes = request.encode(method);
        return ImageReply.decode(bytes, sender.handle(method, bytes).get(10, TimeUnit.SECONDS));
    }

    private ImageReply askUnchecked(ImageRequest request) {
        try {
            return ask(Method.IMAGE_CHUNK, request);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private byte[] ok(Method method, ImageRequest request) throws Exception {
        ImageReply reply = ask(method, request);
        assertThat(reply.status()).as(reply.reason()).isEqualTo(Status.OK);
        return reply.body();
    }

    private List<String> photo() throws IOException {
        return RealImages.files(images.resolve("image.5")).stream()
                .map(ImageFile::toString)
                .toList();
    }

    /** The real disk, whose reads can be held up. */
    private FileLayer holding(FileLayer disk) {
        return (FileLayer) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {FileLayer.class}, (proxy, method, arguments) -> {
                    if (holdsReads && method.getName().equals("read") && arguments.length == 3) {
                        reading.incrementAndGet();
                        released.await();
                    }
                    try {
                        return method.invoke(disk, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
