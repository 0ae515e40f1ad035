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
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {

    private static final String FLUSH_MARK = "METASTORE-FLUSHED";

    private final Path directory;

    DamageTest(@TempDir Path directory) {
        this.directory = directory.resolve("state");
    }

    private MetaState open() {
        return MetaState.open(directory, MetaState.Options.defaults("damage"), CommandRuntime.NONE);
    }

    @BeforeEach
    void fill() {
        Random random = new Random(1);
        try (MetaState state = open()) {
            state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("t"))));
            for (int i = 1; i <= 20; i++) {
                List<JournalTransaction> puts = new ArrayList<>();
                for (int j = 0; j < 50; j++) {
                    byte[] value = new byte[256];
                    random.nextBytes(value);
                    puts.add(changes(new JournalOp.Put(1, Entries.bytes("key" + i + "/" + j), 1, value)));
                }
                state.apply(new LogPosition(1, i), entry(SESSION, i + 1, puts.toArray(new JournalTransaction[0])));
            }
        }
    }

    private Path only(String prefix, String suffix) throws IOException {
        return files(prefix, suffix).get(0);
    }

    private List<Path> files(String prefix, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.filter(file -> {
                        String name = String.valueOf(file.getFileName());
                        return name.startsWith(prefix) && name.endsWith(suffix);
                    })
                    .sorted()
                    .toList();
            assertThat(found).isNotEmpty();
            return found;
        }
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 0x10;
        Files.write(file, bytes);
    }

    private void assertRefused() {
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining(directory.toString());
        assertThatThrownBy(this::open).isInstanceOf(CorruptStateException.class); // The attempt has repaired nothing.
    }

    @Test
    void aMissingCurrentFileIsNotAnEmptyState() throws IOException {
        Files.delete(directory.resolve("CURRENT"));
        assertRefused();
        assertThat(files("", ".sst")).isNotEmpty();
    }

    @Test
    void aDirectoryWithForeignFilesIsNotAnEmptyState() throws IOException {
        Path other = directory.resolveSibling("other");
        Files.createDirectories(other);
        Files.writeString(other.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> MetaState.open(other, MetaState.Options.defaults("damage"), CommandRuntime.NONE))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("notes.txt");
        assertThat(other).isDirectoryContaining("glob:**notes.txt");
        assertThat(other.resolve("CURRENT")).doesNotExist();
    }

    @Test
    void aDamagedCurrentFileIsRefused() throws IOException {
        Files.writeString(directory.resolve("CURRENT"), "MANIFEST-999999\n");
        assertRefused();
    }

    @Test
    void anEmptyCurrentFileIsRefused() throws IOException {
        Files.write(directory.resolve("CURRENT"), new byte[0]);
        assertRefused();
    }

    /** What it says is set anew at each opening. */
    @Test
    void aMissingFileOfOptionsIsNotNeeded() throws IOException {
        for (Path file : files("OPTIONS", "")) {
            Files.delete(file);
        }
        try (MetaState state = open()) {
            assertThat(state.recomputeFingerprint()).isEqualTo(state.fingerprint());
            assertThat(state.revision().number()).isPositive();
        }
        assertThat(files("OPTIONS", "")).isNotEmpty();
    }

    @Test
    void aMissingManifestIsRefused() throws IOException {
        Files.delete(only("MANIFEST", ""));
        assertRefused();
    }

    @Test
    void aDamagedManifestIsRefused() throws IOException {
        Path manifest = only("MANIFEST", "");
        flip(manifest, Files.size(manifest) / 2);
        assertRefused();
    }

    /** RocksDB by itself opens such a state as an empty one and deletes its files. */
    @Test
    void aShortenedManifestIsNotAnOlderOrEmptyState() throws IOException {
        Path manifest = only("MANIFEST", "");
        long bytes = Files.size(manifest);
        for (long length = 0; length < bytes; length += 29) {
            Path copy = copy("cut" + length);
            Path cut = copy.resolve(manifest.getFileName());
            Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), (int) length));
            assertThatThrownBy(() -> audit(copy))
                    .as("%d of %d", length, bytes)
                    .isInstanceOf(CorruptStateException.class);
            assertThat(copy).isDirectoryContaining("glob:**.sst");
        }
    }

    @Test
    void anOlderManifestIsNotAnOlderState() throws IOException {
        Path older = copy("older");
        try (MetaState state = open()) {
            state.apply(new LogPosition(1, 21), entry(SESSION, 30, changes(put(1, "new", "v"))));
        }
        Files.copy(directory.resolve(FLUSH_MARK), older.resolve(FLUSH_MARK), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> audit(older))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("older than what was flushed");
    }

    @Test
    void aDamagedFlushMarkIsRefused() throws IOException {
        flip(directory.resolve(FLUSH_MARK), 10);
        assertRefused();
    }

    @Test
    void aMissingTableFileIsRefused() throws IOException {
        Files.delete(only("", ".sst"));
        assertRefused();
    }

    @Test
    void aShortenedTableFileIsRefused() throws IOException {
        Path file = only("", ".sst");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) - 100));
        assertRefused();
    }

    /** A flipped bit is found when the block is read, at the latest by an audit; until then nothing wrong is returned. */
    @Test
    void aDamagedBlockIsFoundWhenItIsRead() throws IOException {
        int copies = 0;
        for (Path file : files("", ".sst")) {
            long bytes = Files.size(file);
            for (long at : new long[] {20, bytes / 3, bytes / 2, bytes - 30}) {
                Path copy = copy("copy" + copies++);
                flip(copy.resolve(file.getFileName()), at);
                assertThatThrownBy(() -> audit(copy))
                        .as("%s at %d of %d", file, at, bytes)
                        .isInstanceOf(CorruptStateException.class);
            }
        }
        audit(copy("sound"));
    }

    private Path copy(String name) throws IOException {
        Path copy = Files.createDirectories(directory.resolveSibling(name));
        for (Path file : files("", "")) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        return copy;
    }

    private static void audit(Path copy) {
        try (MetaState state = MetaState.open(copy, MetaState.Options.defaults("damage"), CommandRuntime.NONE)) {
            state.verify();
            assertThat(state.recomputeFingerprint()).isEqualTo(state.fingerprint());
        }
    }

    @Test
    void aStateThatIsOpenCannotBeOpenedAgain() {
        try (MetaState state = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessageContaining("open elsewhere");
            assertThat(state.applied().index()).isEqualTo(20);
        }
    }

    @Test
    void aFailedOpenLeavesNothingBehind() throws IOException {
        Path current = directory.resolve("CURRENT");
        byte[] sound = Files.readAllBytes(current);
        Files.writeString(current, "MANIFEST-999999\n");
        assertThatThrownBy(this::open).isInstanceOf(CorruptStateException.class);
        Files.write(current, sound);
        try (MetaState state = open()) {
            assertThat(state.applied().index()).isEqualTo(20);
        }
    }
}
