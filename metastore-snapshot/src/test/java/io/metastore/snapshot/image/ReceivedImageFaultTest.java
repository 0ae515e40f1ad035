package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CorruptStateException;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.Fault;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.files.MemoryFileLayer;
import io.metastore.snapshot.files.MemoryFileLayer.Operation;
import io.metastore.snapshot.files.MemoryFileLayer.Survivor;
import io.metastore.snapshot.files.SimulatedCrash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An image is received while each operation on the disk goes wrong in each way in turn. Whatever is found afterwards, in the same process, after its end or
 * after a power loss: what has the name of an image and looks like one is one, and receiving again succeeds and is durable.
 */
@Timeout(300)
class ReceivedImageFaultTest {

    private static final Path IMAGES = Path.of("/image");
    private static final Path RECEIVING = IMAGES.resolve("image.receiving");
    private static final Path PUBLISHED = IMAGES.resolve("image.7");
    private static final int CHUNK = 4;

    private final SampleImage image =
            SampleImage.of(7, "000001.sst", "elevenbytes", "CURRENT", "five!", "EMPTY", "", "LAST", "l");
    private final SampleImage older = SampleImage.of(5, "000001.sst", "something else", "OTHER", "gone");

    private final Set<List<String>> checked = new HashSet<>();
    private int faults;
    private int survivors;
    private int resumed;

    @Test
    void nothingToBeginWith() {
        enumerate(this::empty);
    }

    @Test
    void halfOfItIsThere() {
        enumerate(() -> halfReceived(image, 2));
    }

    @Test
    void halfOfAnotherOneIsThere() {
        enumerate(() -> forced(halfReceived(older, 2)));
    }

    private void enumerate(Supplier<MemoryFileLayer> before) {
        MemoryFileLayer untouched = before.get();
        receive(untouched);
        checkSurvivesPowerLoss(untouched, "untouched");
        List<Operation> operations = untouched.trace();
        for (Fault fault : List.of(Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.CRASH)) {
            for (int operation = 1; operation <= operations.size(); operation++) {
                strike(before.get().failAt(operation, fault), fault);
            }
        }
        for (int operation = 1; operation <= operations.size(); operation++) {
            for (int bytes = 0; bytes < operations.get(operation - 1).bytes(); bytes++) {
                strike(before.get().failAt(operation, Fault.tear(bytes)), Fault.tear(bytes));
            }
        }
        System.out.printf(
                "received image: operations=%d faults=%d survivors=%d resumed=%d%n",
                operations.size(), faults, survivors, resumed);
        assertThat(faults).isGreaterThan(3 * operations.size() - 1);
        assertThat(resumed).as("something was left to be gone on with").isPositive();
    }

    private void strike(MemoryFileLayer layer, Fault fault) {
        boolean succeeded = true;
        boolean crashed = false;
        boolean stopped = false;
        try {
            receive(layer);
        } catch (SimulatedCrash e) {
            succeeded = false;
            crashed = true;
        } catch (StoreFailedException e) {
            succeeded = false;
            stopped = true;
        } catch (MetastoreException e) {
            succeeded = false;
        }
        Operation fired = layer.fired();
        assertThat(fired).as("a fault that did not strike: %s", fault).isNotNull();
        assertThat(succeeded)
                .as("success although %s went wrong by %s", fired, fault)
                .isFalse();
        faults++;
        String how = fired + " " + fault;
        for (Survivor survivor : layer.afterPowerLoss()) {
            checkFound(survivor.layer(), how + ", then power lost " + survivor.description());
        }
        if (stopped) {
            assertThat(fired.verb()).as("what stops a member").isEqualTo("force");
            assertThat(layer.listing()).noneMatch(line -> line.startsWith(PUBLISHED + "/"));
            return;
        }
        checkFound(crashed ? layer.afterProcessCrash() : layer, how + ", and it goes on");
    }

    private void checkFound(MemoryFileLayer found, String how) {
        survivors++;
        if (!checked.add(found.facts())) {
            return;
        }
        List<String> listing = found.listing();
        try {
            if (isPublished(found, how)) {
                return;
            }
            found.deleteTree(PUBLISHED); // As the store of images does with what looks like one and is none.
            receive(found);
            checkSurvivesPowerLoss(found, how);
        } catch (MetastoreException | IOException e) {
            throw new AssertionError("cannot be received after " + how + " in " + listing, e);
        }
    }

    private void checkSurvivesPowerLoss(MemoryFileLayer layer, String how) {
        List<Survivor> found = layer.afterPowerLoss();
        for (Survivor survivor : found) {
            try {
                assertThat(isPublished(survivor.layer(), how))
                        .as("published for good after %s, %s", how, survivor.description())
                        .isTrue();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Whether there is what the store of images takes for one: a sound manifest and files of the right size. Then it must be what was sent. */
    private boolean isPublished(MemoryFileLayer layer, String how) throws IOException {
        Path file = PUBLISHED.resolve(ImageManifest.FILE);
        if (layer.kind(file) == Kind.ABSENT) {
            return false;
        }
        ImageManifest manifest = ManifestCodec.decode(file, layer.read(file));
        for (ImageFile listed : manifest.files()) {
            Path path = PUBLISHED.resolve(listed.name());
            if (layer.kind(path) != Kind.FILE || layer.size(path) != listed.bytes()) {
                return false;
            }
        }
        assertThat(ContentDigest.same(manifest, image.manifest())).as(how).isTrue();
        for (ImageFile listed : manifest.files()) {
            assertThat(layer.read(PUBLISHED.resolve(listed.name())))
                    .as("%s after %s", listed.name(), how)
                    .isEqualTo(image.contents().get(listed.name()));
        }
        List<String> names = new ArrayList<>(layer.list(PUBLISHED));
        names.removeAll(image.contents().keySet());
        assertThat(names).as("strangers in the image after %s", how).containsExactly(ImageManifest.FILE);
        return true;
    }

    /** As a fetcher does: what is found to be wrong is fetched again, a few times. */
    private void receive(MemoryFileLayer layer) {
        ReceivedImage received = open(layer, image);
        if (received.receivedBytes() > 0) {
            resumed++;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                image.sendTo(received, CHUNK);
                PersistedImage persisted = received.complete("n2");
                assertThat(persisted.directory()).isEqualTo(PUBLISHED);
                assertThat(persisted.manifest().provenance().kind()).isEqualTo(Provenance.Kind.RECEIVED);
                return;
            } catch (CorruptStateException e) {
                if (attempt > 4) { // Each file may have lost its end once.
                    throw e;
                }
            }
        }
    }

    private static ReceivedImage open(MemoryFileLayer layer, SampleImage image) {
        return new ReceivedImage(
                layer,
                RECEIVING,
                IMAGES.resolve("image." + image.manifest().position().index()),
                image.manifest(),
                (directory, promised) -> assertThat(promised).isEqualTo(image.manifest()));
    }

    private MemoryFileLayer empty() {
        MemoryFileLayer layer = new MemoryFileLayer();
        try {
            layer.createDirectories(IMAGES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return layer.afterPowerLoss().get(0).layer();
    }

    private static MemoryFileLayer forced(MemoryFileLayer layer) {
        try {
            for (String name : layer.list(RECEIVING)) {
                layer.force(RECEIVING.resolve(name));
            }
            layer.forceDirectory(RECEIVING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return layer.afterPowerLoss().get(0).layer();
    }

    private MemoryFileLayer halfReceived(SampleImage other, int chunks) {
        MemoryFileLayer layer = empty();
        ReceivedImage received = open(layer, other);
        String first = other.manifest().files().get(0).name();
        for (int i = 0; i < chunks; i++) {
            received.write(first, (long) i * CHUNK, other.bytes(first, (long) i * CHUNK, CHUNK));
        }
        return layer.afterProcessCrash();
    }
}
