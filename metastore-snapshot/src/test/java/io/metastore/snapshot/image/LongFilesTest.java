package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.snapshot.files.Fault;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.files.MemoryFileLayer;
import io.metastore.snapshot.image.ReceivedImage.Missing;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Long files go to the disk in pieces, so that the journal beside them never waits for much; and what may have been forced in vain is not gone on with. */
class LongFilesTest {

    private static final int PIECE = 256 << 10;
    private static final int ARCHIVED = 3 << 20;
    private static final Path DIRECTORY = Path.of("/image");
    private static final Path RECEIVING = DIRECTORY.resolve("image.receiving");
    private static final Path PART = RECEIVING.resolve("long.part");

    private final byte[] content = new byte[3 * ReceivingDirectory.FORCED_BYTES + PIECE / 2];
    private MemoryFileLayer memory = new MemoryFileLayer();
    private ImageManifest manifest;

    @BeforeEach
    void content() throws IOException {
        new Random(1).nextBytes(content);
        memory.createDirectories(DIRECTORY);
        manifest = SampleImage.manifest(7, List.of(new ImageFile("long", content.length, SampleImage.sha256(content))));
    }

    private ReceivedImage receive() {
        return receive(memory);
    }

    private ReceivedImage receive(FileLayer layer) {
        return new ReceivedImage(layer, RECEIVING, DIRECTORY.resolve("image.7"), manifest, (path, promised) -> {});
    }

    private interface Call {
        Object of(Method method, Object[] arguments) throws ReflectiveOperationException, IOException;
    }

    private static FileLayer intercepted(Call call) {
        return (FileLayer) Proxy.newProxyInstance(
                FileLayer.class.getClassLoader(), new Class<?>[] {FileLayer.class}, (proxy, method, arguments) -> {
                    try {
                        return call.of(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void send(ReceivedImage image, int from, int to) {
        for (int at = from; at < to; at += PIECE) {
            image.write("long", at, Arrays.copyOfRange(content, at, Math.min(to, at + PIECE)));
        }
    }

    @Test
    void aReceivedFileIsForcedPieceByPiece() {
        send(receive(), 0, content.length);
        assertThat(mostUnforced(PART)).isEqualTo(ReceivingDirectory.FORCED_BYTES);
        assertThat(receive().missing()).isEmpty();
    }

    @Test
    void whatTheDiskTakesPieceByPieceIsForcedOnceAtTheEnd() {
        // given
        List<Integer> taken = new ArrayList<>();
        FileLayer through = intercepted((method, arguments) -> {
            if (method.getName().equals("writeThrough")) {
                memory.write((Path) arguments[0], (long) arguments[1], (byte[]) arguments[2]);
                taken.add(((byte[]) arguments[2]).length);
                return true;
            }
            return method.invoke(memory, arguments);
        });
        // when
        ReceivedImage image = receive(through);
        send(image, 0, 2 * ReceivingDirectory.FORCED_BYTES);
        // then
        assertThat(forcesOfThePart()).as("when it was created").isEqualTo(1);
        assertThat(receive(memory.afterProcessCrash()).missing())
                .as("nobody knows any more what was forced")
                .containsExactly(new Missing(manifest.files().get(0), 0));
        send(image, 2 * ReceivingDirectory.FORCED_BYTES, content.length);
        assertThat(forcesOfThePart()).as("and when it was complete").isEqualTo(2);
        assertThat(taken.stream().mapToInt(Integer::intValue).sum()).isEqualTo(content.length);
        assertThat(image.complete("n2").index()).isEqualTo(7);
        for (MemoryFileLayer.Survivor survivor : memory.afterPowerLoss()) {
            assertThat(survivor.layer().listing())
                    .as(survivor.description())
                    .anyMatch(each -> each.contains("image.7/long"));
        }
    }

    private long forcesOfThePart() {
        return memory.trace().stream()
                .filter(each -> each.verb().equals("force") && each.path().equals(PART))
                .count();
    }

    /** The system would read megabytes ahead of whoever reads forward, and the journal beside it would wait for them. */
    @Test
    void aReceivedFileIsTakenFromTheDiskFromItsEndBeforeItIsReadForItsDigest() {
        // given
        List<Long> offsets = new ArrayList<>();
        FileLayer recording = intercepted((method, arguments) -> {
            if (method.getName().equals("read") && arguments.length == 3) {
                offsets.add((long) arguments[1]);
                assertThat((int) arguments[2]).isLessThanOrEqualTo(PIECE);
            }
            return method.invoke(memory, arguments);
        });
        ReceivedImage image = receive(recording);
        send(image, 0, content.length);
        offsets.clear();
        AtomicLong verified = new AtomicLong();
        // when
        image.complete("n2", verified::addAndGet);
        // then
        int pieces = content.length / PIECE + 1;
        assertThat(offsets.subList(0, pieces))
                .startsWith((pieces - 1L) * PIECE)
                .endsWith(0L)
                .isSortedAccordingTo(Comparator.reverseOrder())
                .doesNotHaveDuplicates();
        assertThat(offsets.subList(pieces, 2 * pieces)).isSorted().startsWith(0L);
        assertThat(verified).as("each byte counts once").hasValue(content.length);
    }

    @Test
    void anArchiveIsForcedPieceByPiece() throws IOException {
        Path file = Path.of("/image/archive");
        try (LayerOutputStream out = new LayerOutputStream(memory, file)) {
            for (int i = 0; i < 5; i++) {
                out.write(content, 0, ARCHIVED);
            }
            out.flush();
            memory.force(file);
        }
        assertThat(mostUnforced(file)).isEqualTo(LayerOutputStream.FORCED_BYTES);
        assertThat(memory.size(file)).isEqualTo(5L * ARCHIVED);
    }

    /** So much was on its way to the disk at once. */
    private long mostUnforced(Path file) {
        long most = 0;
        long unforced = 0;
        for (MemoryFileLayer.Operation operation : memory.trace()) {
            if (operation.path().equals(file)) {
                unforced = operation.verb().equals("force") ? 0 : unforced + operation.bytes();
                most = Math.max(most, unforced);
            }
        }
        return most;
    }

    @Test
    void aPartThatMayHaveBeenForcedInVainIsFetchedAnew() {
        send(receive(), 0, ReceivingDirectory.FORCED_BYTES - PIECE);
        assertThat(receive().missing())
                .as("never forced")
                .containsExactly(new Missing(manifest.files().get(0), ReceivingDirectory.FORCED_BYTES - PIECE));

        send(receive(), ReceivingDirectory.FORCED_BYTES - PIECE, 2 * ReceivingDirectory.FORCED_BYTES);
        ReceivedImage again = receive();
        assertThat(again.missing()).containsExactly(new Missing(manifest.files().get(0), 0));
        send(again, 0, content.length);
        assertThat(again.complete("n2").index()).isEqualTo(7);
    }

    @Test
    void whatCouldNotBeForcedIsDeletedAtOnce() throws IOException {
        send(receive(), 0, ReceivingDirectory.FORCED_BYTES);
        int force = memory.trace().size(); // The last operation.
        memory = new MemoryFileLayer().failAt(force, Fault.ERROR_BEFORE);
        memory.createDirectories(DIRECTORY);
        ReceivedImage image = receive();
        assertThatThrownBy(() -> send(image, 0, content.length)).isInstanceOf(DirectoryUnusableException.class);
        assertThat(memory.fired())
                .isNotNull()
                .extracting(MemoryFileLayer.Operation::verb)
                .isEqualTo("force");
        assertThat(memory.kindOfName(RECEIVING)).isEqualTo(Kind.ABSENT);
    }
}
