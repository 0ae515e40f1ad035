package io.metastore.raft.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.api.CorruptStateException;
import io.metastore.api.Progress;
import io.metastore.api.StoreClosedException;
import io.metastore.raft.internal.images.LongWork;
import io.metastore.raft.internal.transfer.ImageCluster.Network;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ReceivedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReadBackTest {

    private static final int IMAGE_BYTES = 600_000;

    @TempDir
    Path directory;

    private final AtomicBoolean goesOn = new AtomicBoolean(true);
    private ImageCluster cluster;
    private ImageMember sender;
    private ImageMember receiver;
    private ImageManifest sent;
    private ReceivedImage image;

    @FunctionalInterface
    private interface Reading {
        void with(ReadBack readBack) throws InterruptedException, IOException;
    }

    @BeforeEach
    void receive() throws IOException {
        cluster = new ImageCluster(Network.IN_JVM, directory, "n1", "n2");
        sender = cluster.open("n1");
        receiver = cluster.open("n2");
        sent = sender.make(20, IMAGE_BYTES);
        image = receiver.store.receive(sent);
        for (ImageFile file : sent.files()) {
            if (file.bytes() > 0) {
                image.write(file.name(), 0, Files.readAllBytes(sender.images.resolve("image.20/" + file.name())));
            }
        }
        assertThat(image.missing()).isEmpty();
    }

    @AfterEach
    void close() {
        cluster.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("n2-image-reader")));
    }

    private void run(WaitingClock clock, Reading reading) {
        LongWork.run("n2", Progress.Operation.RECEIVE_IMAGE, receiver.progress::add, () -> false, work -> {
            FetchTools tools = new FetchTools(
                    "n2",
                    new ImageCalls(receiver.transport, "n2", goesOn::get),
                    FetchSettings.defaults(),
                    new TokenBucket(TokenBucket.UNLIMITED, 0, clock),
                    new ChunkLength(4096),
                    clock,
                    work);
            try (ReadBack readBack = new ReadBack(tools, image)) {
                reading.with(readBack);
            } catch (InterruptedException | IOException e) {
                throw new AssertionError(e);
            }
            return null;
        });
    }

    private void readAll(ReadBack readBack) throws InterruptedException {
        sent.files().forEach(file -> readBack.read(file.name()));
        readBack.finish();
    }

    private long bytesVerifiedAtTheEnd() {
        AtomicLong verified = new AtomicLong();
        assertThat(receiver.store.complete(image, "n1", verified::addAndGet).index())
                .isEqualTo(20);
        return verified.get();
    }

    @Test
    void nothingIsLeftToVerifyAtTheEnd() {
        run(cluster.clock, this::readAll);
        assertThat(bytesVerifiedAtTheEnd()).isZero();
        assertThat(receiver.progress)
                .as("nevertheless it is told how much was verified")
                .anyMatch(told -> told.step().equals("verifying image.20")
                        && told.done() == sent.bytes()
                        && told.total() == sent.bytes());
    }

    @Test
    void filesThatWereNotReadAreVerifiedAtTheEnd() {
        ImageFile largest = ImageFetching.largest(sent);
        run(cluster.clock, readBack -> {
            readBack.read(largest.name());
            readBack.finish();
        });
        assertThat(bytesVerifiedAtTheEnd()).isEqualTo(sent.bytes() - largest.bytes());
    }

    @Test
    void whatTheDiskHasMadeOfAFileIsNoticed() throws IOException {
        ImageFile largest = ImageFetching.largest(sent);
        Path path = receiver.images.resolve("image.receiving").resolve(largest.name());
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length / 3] ^= 2;
        Files.write(path, bytes);
        run(cluster.clock, this::readAll);
        assertThat(receiver.progress.get(receiver.progress.size() - 1).done())
                .as("what was read in vain is not counted as verified")
                .isEqualTo(sent.bytes() - largest.bytes());
        assertThatThrownBy(this::bytesVerifiedAtTheEnd)
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining(largest.name());
        assertThat(image.missing()).extracting(ReceivedImage.Missing::file).containsExactly(largest);
    }

    /** Whoever completes the image says what is wrong, and leaves it as it is to be then. */
    @Test
    void whatCannotBeReadIsLeftForTheEnd() throws IOException {
        ImageFile largest = ImageFetching.largest(sent);
        Path path = receiver.images.resolve("image.receiving").resolve(largest.name());
        Files.delete(path);
        Files.createDirectory(path);
        run(cluster.clock, this::readAll);
        assertThatThrownBy(this::bytesVerifiedAtTheEnd).isInstanceOf(CorruptStateException.class);
        assertThat(path).doesNotExist();
    }

    @Test
    void itEndsWhenItIsNotToGoOnThoughAFileIsBeingRead() throws InterruptedException {
        CountDownLatch reading = new CountDownLatch(1);
        run(new SlowDisk(reading), readBack -> {
            readBack.read(ImageFetching.largest(sent).name());
            reading.await();
            goesOn.set(false);
            assertThatThrownBy(readBack::finish).isInstanceOf(StoreClosedException.class);
        });
        assertThat(bytesVerifiedAtTheEnd()).as("none of it counts as verified").isEqualTo(sent.bytes());
    }

    /** Each piece takes so long that it rests, and a rest ends only with an interrupt. */
    private record SlowDisk(CountDownLatch resting) implements WaitingClock {
        private static final AtomicLong NOW = new AtomicLong();

        @Override
        public long nanoTime() {
            return NOW.addAndGet(1_000_000);
        }

        @Override
        public void await(long nanos) throws InterruptedException {
            resting.countDown();
            new CountDownLatch(1).await();
        }
    }
}
