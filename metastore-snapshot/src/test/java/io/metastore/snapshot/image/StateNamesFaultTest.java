package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.Fault;
import io.metastore.snapshot.files.MemoryFileLayer;
import io.metastore.snapshot.files.MemoryFileLayer.Operation;
import io.metastore.snapshot.files.MemoryFileLayer.Survivor;
import io.metastore.snapshot.files.SimulatedCrash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A state takes the place of another in memory, with each operation going wrong in each way in turn: there is always one, and it is whole. */
class StateNamesFaultTest {

    private static final Path EPOCH = Path.of("/epoch");
    private static final Path LIVE = EPOCH.resolve("state");
    private static final List<String> FOREIGN = List.of("state.02", "state.bak", "membership");

    private final Set<List<String>> checked = new HashSet<>();
    private MemoryFileLayer before;
    private PersistedImage image;
    private int faults;
    private int opened;

    @BeforeEach
    void aStateAndAnImage() throws IOException {
        MemoryFileLayer files = new MemoryFileLayer();
        PaperState.create(files, LIVE);
        ImageStore store =
                ImageStore.open(files, EPOCH.resolve("image"), PaperState.LINEAGE, PaperState.inspector(files));
        image = PaperState.make(files, store, LIVE, 10);
        for (String name : FOREIGN) {
            files.writeNew(EPOCH.resolve(name), new byte[] {1});
        }
        files.createDirectory(EPOCH.resolve("state.new")); // Of one that was cut off.
        files.writeNew(EPOCH.resolve("state.new").resolve("half"), new byte[] {1});
        files.forceDirectory(EPOCH.resolve("state.new"));
        files.forceDirectory(EPOCH);
        before = files;
    }

    private static StateDirectories directories(MemoryFileLayer files) {
        return new StateDirectories(files, EPOCH, new StateCheck(PaperState.inspector(files)));
    }

    /** Twice, so that the second has a generation of ours to replace. */
    private void replace(MemoryFileLayer files) {
        StateDirectories directories = directories(files);
        for (int i = 0; i < 2; i++) {
            Path published;
            try (PreparedState prepared = directories.prepare(image)) {
                published = prepared.publish();
            }
            assertThat(published).isEqualTo(directories.current());
            directories.clean(published);
        }
    }

    @Test
    void thereIsAlwaysAWholeState() {
        MemoryFileLayer untouched = before.afterProcessCrash();
        replace(untouched);
        List<Operation> trace = untouched.trace();
        assertThat(directories(untouched).current()).isEqualTo(EPOCH.resolve("state.3"));
        checkAll(untouched, "nothing went wrong");
        for (int operation = 1; operation <= trace.size(); operation++) {
            for (Fault fault : List.of(Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.CRASH)) {
                run(operation, fault);
            }
            int bytes = trace.get(operation - 1).bytes();
            for (int kept = 0; kept < bytes; kept++) {
                run(operation, Fault.tear(kept));
            }
        }
        System.out.println("state replaced: " + trace.size() + " operations, " + faults + " faults, " + opened
                + " directories opened afterwards");
        assertThat(opened).isGreaterThan(faults);
    }

    private void run(int operation, Fault fault) {
        MemoryFileLayer files = before.afterProcessCrash().failAt(operation, fault);
        try {
            replace(files);
            assertThat(files.fired().verb())
                    .as("only what cannot be deleted is passed over: %s", files.fired())
                    .isIn("kind", "list", "delete");
        } catch (SimulatedCrash | MetastoreException e) {
            assertThat(files.fired()).as("failed by itself: " + e).isNotNull();
        }
        faults++;
        checkAll(files, files.fired() + " " + fault);
    }

    private void checkAll(MemoryFileLayer files, String what) {
        checkTwice(files.afterProcessCrash(), what + ", process ended");
        for (Survivor survivor : files.afterPowerLoss()) {
            checkTwice(survivor.layer(), what + ", power lost " + survivor.description());
        }
    }

    private void checkTwice(MemoryFileLayer found, String what) {
        if (!checked.add(found.facts())) {
            return;
        }
        boolean mayLoseMore = found.facts().stream().anyMatch(fact -> fact.contains("abandoned"));
        Path first = check(found, what);
        for (Survivor again : mayLoseMore ? List.<Survivor>of() : found.afterPowerLoss()) {
            assertThat(check(again.layer(), what + ", then " + again.description()))
                    .as(what)
                    .isEqualTo(first);
        }
    }

    private Path check(MemoryFileLayer found, String what) {
        opened++;
        List<String> listing = found.listing();
        StateDirectories directories = directories(found);
        Path current = directories.current();
        directories.clean(current);
        assertThat(found.listing())
                .as("%s in %s", what, listing)
                .anyMatch(line -> line.startsWith(current + "/000001.sst 4 bytes"));
        if (!current.equals(LIVE)) {
            assertThat(PaperState.inspector(found).open(current).at())
                    .as("%s in %s", what, listing)
                    .isEqualTo(PaperState.at(10));
        }
        assertThat(found.listing())
                .as("%s in %s", what, listing)
                .filteredOn(line -> line.matches("/epoch/state(|\\.[2-9][0-9]*|\\.new)/"))
                .containsExactly(current + "/");
        for (String name : FOREIGN) {
            assertThat(found.listing()).as(what).anyMatch(line -> line.startsWith(EPOCH + "/" + name + " "));
        }
        return current;
    }
}
