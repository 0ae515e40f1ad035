package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.LogPosition;
import io.metastore.api.MetaStore;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.recovery.journal.CommitHints;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.Membership;
import io.metastore.recovery.journal.SegmentScan;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals as a store writes them. */
class RealJournalTest {
    private static final TableDef<String, String> NAMES = TableDef.of("names", Codecs.utf8(), Codecs.utf8());

    @TempDir
    Path directory;

    @Test
    void readsWhatAStoreWroteAndChangesNothing() throws IOException {
        for (int run = 0; run < 3; run++) { // A term and a file each.
            try (MetaStore store = MetaStore.open(directory)) {
                Table<String, String> names = store.table(NAMES);
                for (int i = 0; i < 50; i++) {
                    names.put("key" + i, "value" + i);
                }
            }
        }
        Map<Path, String> before = files();

        List<LogPosition> positions = new ArrayList<>();
        JournalScan scan = JournalScanner.scan(journal(), entry -> positions.add(entry.position()));

        assertThat(files()).isEqualTo(before);
        assertThat(scan.damage()).isEmpty();
        assertThat(positions).isEqualTo(byRatis(scan));
        assertThat(positions).hasSizeGreaterThan(150);
        assertThat(scan.terms()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(scan.commitHints()).as("a store keeps them in its batches").isEqualTo(CommitHints.NONE);
        Membership membership = scan.memberships().get(0).membership();
        assertThat(membership.voters()).hasSize(1).allMatch(id -> id.startsWith("single@"));
        assertThat(files()).as("also by Ratis").isEqualTo(before);
    }

    @Test
    void seesABeginningBesideAStoreThatWrites() throws IOException {
        List<List<LogPosition>> seen = new ArrayList<>();
        try (MetaStore store = MetaStore.open(directory)) {
            Table<String, String> names = store.table(NAMES);
            Thread writer = new Thread(() -> {
                for (int i = 0; i < 300; i++) {
                    names.put("key" + i % 10, "value" + i);
                }
            });
            writer.start();
            do {
                List<LogPosition> positions = new ArrayList<>();
                JournalScan scan = JournalScanner.scan(journal(), entry -> positions.add(entry.position()));
                assertThat(scan.damage().filter(each -> !each.normalAfterCrash()))
                        .isEmpty();
                seen.add(positions);
            } while (writer.isAlive());
        }
        List<LogPosition> written = byRatis(JournalScanner.scan(journal()));
        assertThat(seen).hasSizeGreaterThan(1);
        for (List<LogPosition> positions : seen) {
            assertThat(written.subList(0, positions.size())).isEqualTo(positions);
        }
        assertThat(seen.get(seen.size() - 1)).hasSizeGreaterThan(100);
    }

    private Path journal() {
        try (Stream<Path> found = Files.walk(directory)) {
            return found.filter(path -> path.getFileName().toString().equals("current") && Files.isDirectory(path))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<LogPosition> byRatis(JournalScan scan) throws IOException {
        List<LogPosition> positions = new ArrayList<>();
        for (SegmentScan segment : scan.segments()) {
            for (LogEntryProto entry : WrittenSegment.readByRatis(segment.path())) {
                positions.add(new LogPosition(entry.getTerm(), entry.getIndex()));
            }
        }
        return positions;
    }

    /** Name, time of the last change and content of everything there is. */
    private Map<Path, String> files() throws IOException {
        Map<Path, String> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.toList()) {
                FileTime time = Files.getLastModifiedTime(path);
                files.put(
                        path,
                        time + " " + (Files.isDirectory(path) ? "" : Files.size(path) + " " + Trees.digest(path)));
            }
        }
        return files;
    }
}
