package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the two disks of these tests lose with the power: only what was not forced, in all the ways they claim to. */
class UnforcedOperationsTest {

    private static final Path FILE = Path.of("/file");

    private final MemoryFileLayer memory = new MemoryFileLayer();

    @Test
    void bytesInTheMiddleAreLostKeptTornOrZeroed() throws IOException {
        memory.writeNew(FILE, new byte[] {1, 1, 1, 1});
        memory.forceDirectory(Path.of("/"));
        memory.write(FILE, 1, new byte[] {2, 2});
        assertThat(contents()).containsExactlyInAnyOrder("1111", "1221", "1211", "1001");
        memory.force(FILE);
        assertThat(contents()).containsExactly("1221");
    }

    private Set<String> contents() throws IOException {
        Set<String> contents = new TreeSet<>();
        for (MemoryFileLayer.Survivor survivor : memory.afterPowerLoss()) {
            StringBuilder digits = new StringBuilder();
            for (byte b : survivor.layer().read(FILE)) {
                digits.append(b);
            }
            contents.add(digits.toString());
        }
        return contents;
    }

    @Test
    void namesOfLinksAndDirectoriesAreLostOrKept() throws IOException {
        Path from = Path.of("/from");
        memory.createDirectory(from);
        memory.writeNew(from.resolve("a"), new byte[] {1});
        memory.forceDirectory(from);
        memory.forceDirectory(Path.of("/"));
        memory.link(from.resolve("a"), from.resolve("b"));
        memory.rename(from, Path.of("/to"));
        Set<String> found = new TreeSet<>();
        for (MemoryFileLayer.Survivor survivor : memory.afterPowerLoss()) {
            found.add(survivor.layer().listing().stream()
                    .map(line -> line.replaceAll(" .*", ""))
                    .toList()
                    .toString());
        }
        assertThat(found)
                .containsExactlyInAnyOrder(
                        "[/from/, /from/a]", "[/from/, /from/a, /from/b]", "[/to/, /to/a]", "[/to/, /to/a, /to/b]");
    }

    @Test
    void theRealDiskLosesWhatWasNotForcedAlsoInDirectoriesThatWereRenamed(@TempDir Path temporary) throws IOException {
        Path base = temporary.toRealPath().resolve("base");
        DiskFileLayer real = new DiskFileLayer();
        real.createDirectory(base);
        FaultyDisk disk = new FaultyDisk(base);
        Path making = base.resolve("making");
        disk.createDirectory(making);
        disk.forceDirectory(base);
        disk.write(making.resolve("forced"), 0, new byte[] {1, 2});
        disk.force(making.resolve("forced"));
        disk.forceDirectory(making);
        disk.write(making.resolve("forced"), 2, new byte[] {3});
        disk.link(making.resolve("forced"), making.resolve("link"));
        disk.rename(making, base.resolve("made"));
        assertThat(afterPowerLoss(disk, base)).containsOnlyKeys("", "making", "making/forced");
        disk.forceDirectory(base);
        Map<String, Integer> renamed = afterPowerLoss(disk, base);
        assertThat(renamed).containsOnlyKeys("", "made", "made/forced");
        disk.forceDirectory(base.resolve("made"));
        assertThat(afterPowerLoss(disk, base)).containsOnlyKeys("", "made", "made/forced", "made/link");
        disk.force(base.resolve("made/forced"));
        Map<String, Integer> forced = afterPowerLoss(disk, base);
        assertThat(forced.get("made/forced")).isNotEqualTo(renamed.get("made/forced"));
        assertThat(forced).isEqualTo(Trees.photo(base));
        disk.deleteTree(base.resolve("made"));
        assertThat(afterPowerLoss(disk, base)).isEqualTo(forced);
        disk.forceDirectory(base);
        assertThat(afterPowerLoss(disk, base)).containsOnlyKeys("");
    }

    @Test
    void theRealDiskMayHaveWrittenSomeOfItByItself(@TempDir Path temporary) throws IOException {
        Path base = temporary.toRealPath().resolve("base");
        DiskFileLayer real = new DiskFileLayer();
        real.createDirectory(base);
        FaultyDisk disk = new FaultyDisk(base);
        disk.createDirectory(base.resolve("d"));
        disk.forceDirectory(base);
        disk.writeNew(base.resolve("d/x"), new byte[] {1});
        disk.writeNew(base.resolve("a.tmp"), new byte[] {2});
        disk.rename(base.resolve("a.tmp"), base.resolve("a"));
        Set<String> found = new TreeSet<>();
        for (BitSet written : disk.partlyWritten()) {
            Path image = base.resolveSibling("image");
            Trees.delete(image);
            Trees.copy(base, image);
            disk.losePower(image, written);
            found.add(Trees.photo(image).keySet().toString());
        }
        assertThat(found).containsExactlyInAnyOrder("[, a, d]", "[, a.tmp, d]", "[, a.tmp, d, d/x]", "[, d, d/x]");
        assertThat(afterPowerLoss(disk, base)).as("all of it can still be lost").containsOnlyKeys("", "d");
    }

    private static Map<String, Integer> afterPowerLoss(FaultyDisk disk, Path base) throws IOException {
        Path image = base.resolveSibling("image");
        Trees.delete(image);
        Trees.copy(base, image);
        disk.losePower(image);
        return Trees.photo(image);
    }
}
