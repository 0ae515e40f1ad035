package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.SESSION;
import static io.metastore.snapshot.state.Entries.changes;
import static io.metastore.snapshot.state.Entries.entry;
import static io.metastore.snapshot.state.Entries.put;
import static io.metastore.snapshot.state.Entries.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state that a process left half created, as it was killed or the power was lost in its first opening. */
class CutOffCreationTest {

    private static final String FLUSH_MARK = "METASTORE-FLUSHED";

    private Path directory;
    private Path created;

    @BeforeEach
    void create(@TempDir Path temporary) throws IOException {
        directory = temporary.resolve("state");
        created = temporary.resolve("created");
        Path live = temporary.resolve("live");
        MetaState.open(live, MetaState.Options.defaults("live"), CommandRuntime.NONE)
                .abandon();
        Files.createDirectories(created);
        for (Path file : files(live)) {
            if (!file.endsWith(FLUSH_MARK)) {
                Files.copy(file, created.resolve(file.getFileName()));
            }
        }
    }

    private MetaState open(boolean replayable) {
        return MetaState.open(
                new DiskFileLayer(),
                directory,
                MetaState.Options.defaults("cut off"),
                CommandRuntime.NONE,
                () -> replayable);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static Map<String, Integer> photo(Path directory) throws IOException {
        Map<String, Integer> photo = new TreeMap<>();
        for (Path file : files(directory)) {
            photo.put(file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
        }
        return photo;
    }

    private void assertBegunAnew(Object what) {
        try (MetaState state = open(true)) {
            assertThat(state.applied()).as("%s", what).isEqualTo(LogPosition.NONE);
            state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("t"), put(1, "k", "v"))));
        } catch (CorruptStateException e) {
            throw new AssertionError("refused: " + what, e);
        }
        try (MetaState state = open(false)) {
            assertThat(state.applied()).as("%s", what).isEqualTo(new LogPosition(1, 0));
        }
    }

    private void copy(List<Path> files) throws IOException {
        if (Files.exists(directory)) {
            for (Path file : files(directory)) {
                Files.delete(file);
            }
        }
        Files.createDirectories(directory);
        for (Path file : files) {
            Files.copy(file, directory.resolve(file.getFileName()));
        }
    }

    /** All sets of the files, not only those that RocksDB's order of writing leads to: a power loss keeps what it likes. */
    @Test
    void everySetOfTheFilesOfACreationIsBegunAnew() throws IOException {
        Map<Boolean, List<Path>> all = files(created).stream()
                .collect(Collectors.partitioningBy(file -> file.endsWith("LOCK") || file.endsWith("LOG")));
        List<Path> optional = all.get(false);
        assertThat(optional).hasSizeBetween(4, 7).anyMatch(file -> file.endsWith("CURRENT"));
        for (int set = 0; set < 1 << optional.size(); set++) {
            List<Path> some = new ArrayList<>(all.get(true));
            for (int i = 0; i < optional.size(); i++) {
                if ((set & 1 << i) != 0) {
                    some.add(optional.get(i));
                }
            }
            copy(some);
            assertBegunAnew(some);
        }
    }

    @Test
    void aCreationWithAFileThatIsNotWholeIsBegunAnew() throws IOException {
        int cut = 0;
        for (Path file : files(created)) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length : new int[] {0, bytes.length / 3, bytes.length - 1}) {
                if (length >= 0 && length < bytes.length && !file.toString().contains("LOG")) {
                    copy(files(created));
                    Files.write(directory.resolve(file.getFileName()), Arrays.copyOf(bytes, length));
                    Files.writeString(directory.resolve(FLUSH_MARK + ".tmp"), "1 MANI");
                    assertBegunAnew(file + " cut to " + length);
                    cut++;
                }
            }
        }
        assertThat(cut).isGreaterThan(6);
    }

    @Test
    void nothingIsBegunAnewWhenTheJournalHasLostItsBeginning() throws IOException {
        copy(files(created).stream().filter(file -> !file.endsWith("CURRENT")).toList());
        Map<String, Integer> before = photo(directory);
        assertThatThrownBy(() -> open(false)).isInstanceOf(CorruptStateException.class);
        assertThat(photo(directory)).isEqualTo(before);
    }

    @Test
    void aStateThatWasCompleteIsNeverBegunAnew() throws IOException {
        copy(files(created));
        try (MetaState state = open(true)) {
            state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("t"), put(1, "k", "v"))));
        }
        Files.delete(directory.resolve("CURRENT"));
        assertStaysRefused(); // It has its mark and table files.
        for (Path file : files(directory)) {
            if (file.toString().endsWith(".sst")) {
                Files.delete(file);
            }
        }
        assertStaysRefused(); // The mark alone tells.
        Files.delete(directory.resolve(FLUSH_MARK));
        Files.writeString(directory.resolve("000009.sst"), "a table file alone tells as well");
        assertStaysRefused();
    }

    @Test
    void filesThatAreNotOfTheCreationAreNeverDeleted() throws IOException {
        for (String name : List.of("notes.txt", "CURRENT.old", "LOG.bak", "METASTORE-FLUSHED", "000004.blob")) {
            copy(files(created).stream()
                    .filter(file -> !file.endsWith("CURRENT"))
                    .toList());
            Files.writeString(directory.resolve(name), "mine");
            assertStaysRefused();
        }
        copy(files(created).stream().filter(file -> !file.endsWith("CURRENT")).toList());
        Files.writeString(directory.resolve("000004.log"), "a log with content");
        assertStaysRefused();
    }

    private void assertStaysRefused() throws IOException {
        Map<String, Integer> before = photo(directory);
        assertThatThrownBy(() -> open(true)).isInstanceOf(CorruptStateException.class);
        assertThat(photo(directory)).isEqualTo(before);
    }
}
