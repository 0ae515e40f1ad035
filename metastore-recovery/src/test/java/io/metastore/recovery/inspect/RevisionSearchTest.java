package io.metastore.recovery.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.AsyncTable;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.recovery.inspect.RevisionSearch.Answer;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Revisions are found at exactly the positions that their writers were told. */
class RevisionSearchTest {

    @TempDir
    Path temporary;

    @Test
    void everyRevisionIsWhereItsWriterWasTold() throws IOException {
        Path directory = temporary.resolve("member");
        Map<Long, Revision> told = new TreeMap<>();
        try (MetaStore store = MetaStore.open(directory)) {
            Table<Long, String> names = store.table(Catalog.NAMES);
            AsyncTable<Long, String> async = store.async().table(Catalog.NAMES);
            List<CompletableFuture<Revision>> pending = new ArrayList<>();
            for (long i = 0; i < 25; i++) {
                Revision revision = names.put(i, "value" + i);
                told.put(revision.number(), revision);
                names.putIfAbsent(i, "changes nothing");
                pending.add(async.put(1_000 + i, "value of a batch of several"));
            }
            for (CompletableFuture<Revision> each : pending) {
                told.put(each.join().number(), each.join());
            }
        }
        DirectoryPhoto before = DirectoryPhoto.of(directory);
        Path scratch = Files.createDirectory(temporary.resolve("scratch"));
        Path journal;
        try (JournalInspector inspector = JournalInspector.open(directory).with(Catalog.NAMES)) {
            journal = inspector.place().directory();
            for (Revision revision : told.values()) {
                check(inspector.revision(revision.number()), revision, "remembered");
            }
        }
        try (JournalInspector inspector = JournalInspector.open(journal).with(Catalog.NAMES)) {
            for (Revision revision : told.values()) {
                if (revision.number() % 20 == 5) {
                    assertThat(inspector.revision(revision.number()).answer()).isEqualTo(Answer.UNKNOWN);
                    check(inspector.revision(revision.number(), scratch), revision, "from the first entry");
                }
            }
            assertThat(inspector.revision(1_000_000, scratch).answer()).isEqualTo(Answer.NOT_REACHED);
        }
        assertThat(DirectoryPhoto.of(directory)).isEqualTo(before);
        try (Stream<Path> left = Files.list(scratch)) {
            assertThat(left).isEmpty();
        }
    }

    private static void check(RevisionSearch found, Revision told, String how) {
        assertThat(found.answer()).as(found.toString()).isEqualTo(Answer.FOUND);
        assertThat(found.how()).contains(how);
        assertThat(found.position()).isEqualTo(told.position());
        InspectedEntry entry = found.entry().orElseThrow();
        assertThat(entry.position()).isEqualTo(told.position());
        assertThat(entry.transactions().get(found.transaction()).toString())
                .startsWith("put names[")
                .contains("\"value");
    }

    @Test
    void aPurgedJournalIsReadFromAnImageOn() throws IOException {
        Path directory = temporary.resolve("member");
        CheckpointPolicy small = CheckpointPolicy.defaults().toBuilder()
                .journalFileBytes(1 << 20)
                .build();
        Revision first;
        Revision later;
        try (MetaStore store = MetaStore.builder(directory).checkpoints(small).open()) {
            Table<Long, String> names = store.table(Catalog.NAMES);
            first = names.put(0L, "gone");
            for (long image = 0; image < 3; image++) {
                for (long i = 0; i < 3; i++) {
                    names.put(i, "x".repeat(700_000));
                }
                store.checkpoints().create();
            }
            later = names.put(100L, "value after the last image");
        }
        try (JournalInspector inspector = JournalInspector.open(directory)) {
            RevisionSearch gone = inspector.revision(first.number());
            assertThat(gone.position())
                    .as("known, although it is not in the journal")
                    .isEqualTo(first.position());
            assertThat(gone.entry()).isEmpty();
        }
        delete(directory.resolve("stores/main/epoch-000001/state"));
        DirectoryPhoto before = DirectoryPhoto.of(directory);
        try (JournalInspector inspector = JournalInspector.open(directory).with(Catalog.NAMES)) {
            long begin = inspector.scan().first().orElseThrow();
            assertThat(begin).as("it was purged").isGreaterThan(first.position().index());
            assertThat(inspector.tablesFrom()).contains("image.");
            InspectedEntry entry = inspector.entry(begin).orElseThrow();
            assertThat(entry.toString()).contains("put names[").contains("... (700000 bytes)");
            assertThat(inspector.revision(later.number()).answer()).isEqualTo(Answer.UNKNOWN);
            check(inspector.revision(later.number(), temporary), later, "from image");
        }
        assertThat(DirectoryPhoto.of(directory)).isEqualTo(before);

        delete(directory.resolve("stores/main/epoch-000001/image"));
        try (JournalInspector inspector = JournalInspector.open(directory)) {
            assertThat(inspector.revision(first.number(), temporary).answer()).isEqualTo(Answer.PURGED);
            assertThat(inspector.tablesFrom()).isEqualTo("journal");
            assertThat(inspector.entry(later.position().index()).orElseThrow().toString())
                    .as("nobody knows what table it is")
                    .contains("put #1[0x8000000000000064 (8 bytes)] = \"value after the last image\"");
        }
    }

    private static void delete(Path directory) throws IOException {
        new DiskFileLayer().deleteTree(directory);
    }

    @Test
    void aCommandEndsTheReplayAndSaysSo() {
        Path directory = temporary.resolve("member");
        Revision wanted;
        try (MetaStore store =
                MetaStore.builder(directory).commands(Catalog.RENAME).open()) {
            Catalog.write(store);
            wanted = store.table(Catalog.NAMES).put(50L, "value behind the command");
        }
        Path journal;
        try (JournalInspector inspector = JournalInspector.open(directory)) {
            journal = inspector.place().directory();
            check(inspector.revision(wanted.number()), wanted, "remembered");
        }
        try (JournalInspector inspector = JournalInspector.open(journal)) {
            RevisionSearch found = inspector.revision(wanted.number(), temporary);
            assertThat(found.answer()).isEqualTo(Answer.UNKNOWN);
            assertThat(found.how()).contains("rename");
        }
    }
}
