package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MetastoreException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.Fault;
import io.metastore.snapshot.files.MemoryFileLayer;
import io.metastore.snapshot.files.MemoryFileLayer.Operation;
import io.metastore.snapshot.files.MemoryFileLayer.Survivor;
import io.metastore.snapshot.files.SimulatedCrash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Images are made, replaced and deleted in memory, with each operation going wrong in each way in turn; then everything that may be found is opened, in every
 * combination of what was not forced, and opened again after the power was lost once more.
 */
class ImageNamesFaultTest {

    private static final Path LIVE = Path.of("/epoch/state");
    private static final Path IMAGES = Path.of("/epoch/image");
    private static final List<String> FOREIGN = List.of("notes", "image.7.bak", "image.07");

    private final Set<List<Object>> checked = new HashSet<>();
    /** The images that were found, by what was stored and allowed: who opens the same finds the same. */
    private final Map<List<Object>, List<Long>> seen = new HashMap<>();

    private MemoryFileLayer before;
    private int faults;
    private int survivors;
    private int opened;

    @BeforeEach
    void twoImagesAndSomeFilesOfOthers() throws IOException {
        MemoryFileLayer files = new MemoryFileLayer();
        PaperState.create(files, LIVE);
        ImageStore store = open(files);
        PaperState.make(files, store, LIVE, 10);
        PaperState.make(files, store, LIVE, 20);
        for (String name : FOREIGN) {
            files.writeNew(IMAGES.resolve(name), new byte[] {1});
        }
        files.forceDirectory(IMAGES);
        before = files;
    }

    private static ImageStore open(MemoryFileLayer files) {
        return ImageStore.open(files, IMAGES, PaperState.LINEAGE, PaperState.inspector(files));
    }

    @Test
    void anImageIsMadeAndTheOldestGoes() {
        enumerate(
                "made, oldest deleted",
                (files, store) -> {
                    PaperState.make(files, store, LIVE, 30);
                    store.retain(2);
                },
                List.of(List.of(20L, 10L), List.of(30L, 20L, 10L), List.of(30L, 20L)));
    }

    @Test
    void anImageThatIsThereIsMadeAgain() {
        enumerate("made again", (files, store) -> PaperState.make(files, store, LIVE, 20), List.of(List.of(20L, 10L)));
    }

    @Test
    void anImageThatWasFoundDamagedIsReplaced() {
        enumerate(
                "replaced",
                (files, store) -> {
                    PersistedImage image = store.image(20);
                    if (image != null) { // The second time it may be replaced already.
                        store.distrust(image, "as planned");
                    }
                    PaperState.make(files, store, LIVE, 20);
                },
                List.of(List.of(20L, 10L)));
    }

    /** Whatever goes wrong, this process does not count it any more; what is found later counts it or not, and not once the mark was written. */
    @Test
    void anImageThatIsCondemnedNeverCountsAgainOnceItIsMarked() {
        MemoryFileLayer untouched = before.afterProcessCrash();
        condemn(untouched);
        int operations = untouched.trace().size();
        untouched.afterPowerLoss().forEach(survivor -> assertMarked(survivor.layer(), survivor.description()));
        for (int operation = 1; operation <= operations; operation++) {
            for (Fault fault : List.of(Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.CRASH)) {
                MemoryFileLayer files = before.afterProcessCrash().failAt(operation, fault);
                String what = operation + " " + fault;
                try {
                    condemn(files);
                } catch (SimulatedCrash | MetastoreException e) {
                    assertThat(files.fired()).as("failed by itself: " + e).isNotNull();
                }
                List<MemoryFileLayer> found = new ArrayList<>(List.of(files.afterProcessCrash()));
                files.afterPowerLoss().forEach(survivor -> found.add(survivor.layer()));
                for (MemoryFileLayer layer : found) {
                    ImageStore store = open(layer);
                    assertThat(store.images().size() + store.unsound().size())
                            .as(what)
                            .isEqualTo(2);
                    assertThat(store.image(10)).as(what).isNotNull();
                    assertThat(layer.listing()).as(what).noneMatch(line -> line.contains(".tmp"));
                }
            }
        }
        assertThat(operations).isGreaterThan(10);
    }

    private static void condemn(MemoryFileLayer files) {
        ImageStore store = open(files);
        PersistedImage image = store.image(20);
        if (image != null) { // Else it could not be looked at.
            store.condemn(image, "as planned");
        }
        assertThat(store.image(20)).isNull();
    }

    private static void assertMarked(MemoryFileLayer layer, String what) {
        ImageStore store = open(layer);
        assertThat(store.image(20)).as(what).isNull();
        assertThat(store.unsound()).as(what).hasSize(1);
        assertThat(store.unsound().get(0).reason()).as(what).contains("as planned");
    }

    private void enumerate(String what, BiConsumer<MemoryFileLayer, ImageStore> action, List<List<Long>> allowed) {
        MemoryFileLayer untouched = before.afterProcessCrash();
        action.accept(untouched, open(untouched));
        List<Operation> trace = untouched.trace();
        checkAll(untouched, "nothing went wrong", List.of(allowed.get(allowed.size() - 1)));
        for (int operation = 1; operation <= trace.size(); operation++) {
            for (Fault fault : List.of(Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.CRASH)) {
                run(action, operation, fault, allowed);
            }
            int bytes = trace.get(operation - 1).bytes();
            for (int kept : bytes == 0 ? new int[0] : new int[] {0, 1, bytes / 2, bytes - 1, bytes}) {
                run(action, operation, Fault.tear(kept), allowed);
            }
        }
        System.out.println("images " + what + ": " + trace.size() + " operations, " + faults + " faults, " + survivors
                + " file systems found afterwards, " + opened + " different ones opened");
        assertThat(survivors).isGreaterThan(faults);
        assertThat(opened).isGreaterThan(20);
    }

    private void run(
            BiConsumer<MemoryFileLayer, ImageStore> action, int operation, Fault fault, List<List<Long>> allowed) {
        MemoryFileLayer files = before.afterProcessCrash().failAt(operation, fault);
        ImageStore store = null;
        try {
            store = open(files);
            action.accept(files, store);
            assertThat(files.fired().verb())
                    .as("only what cannot be deleted or looked at is passed over: %s", files.fired())
                    .isIn("kind", "list", "delete", "read", "size");
        } catch (SimulatedCrash | MetastoreException e) {
            assertThat(files.fired()).as("failed by itself: " + e).isNotNull();
        }
        faults++;
        String what = files.fired() + " " + fault;
        checkAll(files, what, allowed);
        if (fault.equals(Fault.ERROR_BEFORE) || fault.equals(Fault.ERROR_AFTER)) {
            goOn(files, store, action, what, allowed);
        }
    }

    /** The same process tries again: it succeeds, unless something could not be forced. */
    private void goOn(
            MemoryFileLayer files,
            ImageStore store,
            BiConsumer<MemoryFileLayer, ImageStore> action,
            String what,
            List<List<Long>> allowed) {
        ImageStore again = store == null ? open(files) : store;
        again.recheck();
        assertThat(again.images()).as(what).allMatch(image -> PaperState.isWhole(files, image));
        try {
            action.accept(files, again);
            assertThat(again.images().stream().map(PersistedImage::index))
                    .as(what)
                    .isEqualTo(allowed.get(allowed.size() - 1));
        } catch (StoreFailedException e) {
            assertThat(files.fired().verb()).as(what).isEqualTo("force");
        }
        checkAll(files, what + ", then again", allowed);
    }

    private void checkAll(MemoryFileLayer files, String what, List<List<Long>> allowed) {
        Operation fired = files.fired();
        if (fired != null && fired.verb().equals("force") && !what.contains("CRASH")) {
            checkOnce(
                    files.afterProcessCrash(),
                    what + ", process ended",
                    allowed); // Nobody knows what this one may still lose.
        } else {
            checkTwice(files.afterProcessCrash(), what + ", process ended", allowed);
        }
        for (Survivor survivor : files.afterPowerLoss()) {
            checkTwice(survivor.layer(), what + ", power lost " + survivor.description(), allowed);
        }
    }

    /** What was found once is found again, whatever is lost in between. */
    private void checkTwice(MemoryFileLayer found, String what, List<List<Long>> allowed) {
        survivors++;
        if (!checked.add(List.of(found.facts(), allowed))) {
            return;
        }
        List<Long> first = check(found, what, allowed);
        for (Survivor again : found.afterPowerLoss()) {
            assertThat(checkOnce(again.layer(), what + ", then " + again.description(), allowed))
                    .as(what)
                    .isEqualTo(first);
        }
    }

    private List<Long> checkOnce(MemoryFileLayer found, String what, List<List<Long>> allowed) {
        survivors++;
        List<Long> known = seen.get(List.of(found.facts(), allowed));
        return known != null ? known : check(found, what, allowed);
    }

    private List<Long> check(MemoryFileLayer found, String what, List<List<Long>> allowed) {
        opened++;
        List<Object> stored = List.of(found.facts(), allowed);
        List<String> listing = found.listing();
        ImageStore store = open(found);
        List<Long> images = store.images().stream().map(PersistedImage::index).toList();
        assertThat(images).as("%s in %s", what, listing).isIn(allowed);
        assertThat(store.unsound()).as("%s in %s", what, listing).isEmpty();
        assertThat(store.images()).as(what).allMatch(image -> PaperState.isWhole(found, image));
        assertThat(found.listing())
                .as(what)
                .noneMatch(line -> line.contains("ckpt") || line.contains(".deleting") || line.contains(".tmp"));
        for (String name : FOREIGN) {
            assertThat(found.listing()).as(what).anyMatch(line -> line.startsWith(IMAGES + "/" + name + " "));
        }
        seen.put(stored, images);
        return images;
    }
}
