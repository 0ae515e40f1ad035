package io.metastore.snapshot.internal.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.snapshot.files.Fault;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemoryFileLayer;
import io.metastore.snapshot.files.MemoryFileLayer.Operation;
import io.metastore.snapshot.files.SimulatedCrash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The mark is the old or the new one whatever operation of writing it fails, tears or crashes, and whatever a power loss then takes. */
class FlushMarkFaultTest {

    private static final Path DIRECTORY = Path.of("/state");
    private static final String MANIFEST = "MANIFEST-000005";

    @Test
    void theFirstMarkIsThereOrNot() throws IOException {
        enumerate(0);
    }

    @Test
    void aLaterMarkIsOldOrNew() throws IOException {
        enumerate(17);
    }

    private static void enumerate(long before) throws IOException {
        MemoryFileLayer untouched = start(before);
        FlushMark.write(untouched, DIRECTORY, 42);
        List<Operation> operations = untouched.trace();
        assertThat(found(untouched)).isEqualTo(42);
        untouched.afterPowerLoss().forEach(survivor -> assertThat(found(survivor.layer()))
                .isEqualTo(42));
        int faults = 0;
        for (int operation = 1; operation <= operations.size(); operation++) {
            int bytes = operations.get(operation - 1).bytes();
            List<Fault> kinds = new ArrayList<>(List.of(Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.CRASH));
            if (bytes > 0) {
                IntStream.rangeClosed(0, bytes).mapToObj(Fault::tear).forEach(kinds::add);
            }
            for (Fault fault : kinds) {
                checkOldOrNew(start(before).failAt(operation, fault), before);
                faults++;
            }
        }
        assertThat(faults).isGreaterThan(30);
    }

    private static void checkOldOrNew(MemoryFileLayer layer, long before) throws IOException {
        boolean failed = false;
        try {
            FlushMark.write(layer, DIRECTORY, 42);
        } catch (IOException | SimulatedCrash e) {
            failed = true;
        }
        assertThat(layer.fired()).isNotNull();
        assertThat(failed).as("%s went wrong", layer.fired()).isTrue();
        List<MemoryFileLayer> survivors = new ArrayList<>(List.of(layer.afterProcessCrash()));
        layer.afterPowerLoss().forEach(survivor -> survivors.add(survivor.layer()));
        for (MemoryFileLayer survivor : survivors) {
            assertThat(found(survivor))
                    .as("%s, in %s", layer.fired(), survivor.listing())
                    .isIn(before, 42L);
            FlushMark.write(survivor, DIRECTORY, 99); // Whatever was left over is not in the way.
            assertThat(found(survivor)).isEqualTo(99);
        }
    }

    /** A state with the mark of that sequence number; with none for 0. */
    private static MemoryFileLayer start(long sequence) throws IOException {
        MemoryFileLayer layer = new MemoryFileLayer();
        layer.createDirectories(DIRECTORY);
        layer.writeNew(DIRECTORY.resolve(MANIFEST), new byte[100]);
        layer.writeNew(DIRECTORY.resolve("CURRENT"), (MANIFEST + "\n").getBytes(StandardCharsets.US_ASCII));
        layer.forceDirectory(DIRECTORY);
        if (sequence > 0) {
            FlushMark.write(layer, DIRECTORY, sequence);
        }
        return layer.afterProcessCrash();
    }

    private static long found(FileLayer layer) {
        try {
            FlushMark mark = FlushMark.check(layer, DIRECTORY);
            return mark == null ? 0 : mark.sequence();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
