package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.Health;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.inspect.JournalInspector;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal holds an entry of a format that only a newer build reads: this one stops before it, names both formats, and leaves everything for the one that does. */
class NewerEntryTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final int FORMAT_AT = 3;
    private static final byte NEWER = 9;

    @TempDir
    Path temporary;

    @Test
    void entryOfANewerFormatHaltsTheMemberAndIsLeftForTheBuildThatReadsIt() throws IOException {
        Path directory = temporary.resolve("member");
        try (MetaStore store = MetaStore.open(directory)) {
            store.table(NOTES).put("before", "1");
        }
        MetaStore killed = MetaStore.open(directory);
        try {
            killed.table(NOTES).put("newer", "2");
        } finally {
            SimulatedNetwork.kill(killed);
        }
        Path asWritten = temporary.resolve("as-written");
        Trees.copy(directory, asWritten);
        List<LogEntryProto> changed = giveNewerFormat(directory);

        for (int round = 0; round < 2; round++) {
            try (MetaStore older = MetaStore.open(directory)) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> older.status().state() == StoreState.HALTED);
                assertThat(older.status().reason()).contains("found=" + NEWER, "supported=1");
                assertThat(older.health().findings())
                        .extracting(Health.Finding::code)
                        .contains("HALTED");
                assertThat(older.table(NOTES).reading(ReadMode.local()).get("before"))
                        .contains("1");
                assertThat(older.table(NOTES).reading(ReadMode.local()).get("newer"))
                        .isEmpty();
                assertThatThrownBy(() -> older.table(NOTES).put("x", "y")).isInstanceOf(StoreFailedException.class);
            }
            List<LogEntryProto> now = entries(directory);
            assertThat(now).startsWith(changed.toArray(LogEntryProto[]::new));
        }
        try (MetaStore newer = MetaStore.open(asWritten)) { // Here this build is the one that reads it.
            assertThat(newer.table(NOTES).get("newer")).contains("2");
        }
    }

    private static List<LogEntryProto> giveNewerFormat(Path directory) throws IOException {
        Path file = open(directory);
        List<LogEntryProto> entries = new ArrayList<>(WrittenSegment.readByRatis(file));
        LogEntryProto last = entries.get(entries.size() - 1);
        assertThat(last.hasStateMachineLogEntry()).isTrue();
        byte[] batch = JournalCodec.encodeBatch(new JournalBatch(new UUID(3, 3), 1, List.of()));
        batch[FORMAT_AT] = NEWER;
        ByteString data = ByteString.copyFrom(JournalCodec.encodeEntry(1, -1, batch));
        entries.set(
                entries.size() - 1,
                last.toBuilder()
                        .setStateMachineLogEntry(
                                last.getStateMachineLogEntry().toBuilder().setLogData(data))
                        .build());
        Files.delete(file);
        WrittenSegment.write(journal(directory), String.valueOf(file.getFileName()), entries);
        return entries(directory);
    }

    private static Path journal(Path directory) {
        return JournalInspector.places(directory).get(0).directory();
    }

    private static Path open(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(journal(directory))) {
            return files.filter(file -> file.getFileName().toString().startsWith("log_inprogress_"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<LogEntryProto> entries(Path directory) throws IOException {
        List<LogEntryProto> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(journal(directory))) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith("log_"))
                    .toList()) {
                all.addAll(WrittenSegment.readByRatis(file));
            }
        }
        all.sort((one, other) -> Long.compare(one.getIndex(), other.getIndex()));
        return all;
    }
}
