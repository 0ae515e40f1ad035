package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.recovery.inspect.EntryContent;
import io.metastore.recovery.inspect.InspectedEntry;
import io.metastore.recovery.inspect.JournalInspector;
import io.metastore.recovery.inspect.JournalQuery;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TableRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries that are not understood, and files that are damaged, keep nobody from the others. */
class DamagedInspectionTest {
    private static final UUID SESSION = new UUID(1, 2);
    private static final int ENTRIES = 8;
    private static final int STRANGE = 3;

    @TempDir
    Path directory;

    private WrittenSegment write() {
        List<LogEntryProto> entries = new ArrayList<>();
        for (int i = 0; i < ENTRIES; i++) {
            JournalOp op = i == 0
                    ? new JournalOp.RegisterTable(new TableRecord(0, "names", "utf8", "utf8", 1))
                    : new JournalOp.Put(1, bytes("key" + i), 1, bytes("value" + i));
            JournalBatch batch = new JournalBatch(
                    SESSION, i + 1, List.of(new JournalTransaction.Changes(-1, List.of(), List.of(op), List.of())));
            byte[] payload = JournalCodec.encodeEntry(1000 + i, i - 1, JournalCodec.encodeBatch(batch));
            entries.add(entry(i, i == STRANGE ? bytes("MSE from the future") : payload));
        }
        return WrittenSegment.write(directory, "log_inprogress_0", entries);
    }

    private static LogEntryProto entry(long index, byte[] payload) {
        return LogEntryProto.newBuilder()
                .setTerm(1)
                .setIndex(index)
                .setStateMachineLogEntry(
                        StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(payload)))
                .build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<InspectedEntry> inspected(JournalQuery query, int expected) {
        List<InspectedEntry> found = new ArrayList<>();
        try (JournalInspector inspector = JournalInspector.open(directory)) {
            inspector.read(query, found::add);
        }
        assertThat(found).hasSize(expected);
        return found;
    }

    @Test
    void anEntryThatIsNotUnderstoodIsSaidWithItsPlaceAndTheRestGoesOn() {
        WrittenSegment segment = write();
        List<InspectedEntry> found = inspected(JournalQuery.all(), ENTRIES);
        InspectedEntry strange = found.get(STRANGE);
        assertThat(strange.content()).isInstanceOfSatisfying(EntryContent.Undecodable.class, content -> {
            assertThat(content.reason()).contains("supported=1");
            assertThat(content.bytes()).isEqualTo("MSE from the future".length());
        });
        assertThat(strange.position().index()).isEqualTo(STRANGE);
        assertThat(strange.file()).isEqualTo(segment.path());
        assertThat(strange.offset())
                .isBetween(segment.ends().get(STRANGE - 1), segment.ends().get(STRANGE));
        assertThat(strange.toString())
                .contains("(1, 3) log_inprogress_0:" + strange.offset())
                .contains("not decodable");
        assertThat(found.get(ENTRIES - 1).toString()).contains("put names[\"key7\"] = \"value7\"");
        assertThat(inspected(JournalQuery.all().table("names"), ENTRIES).get(STRANGE))
                .as("nobody knows that it does not write there")
                .hasToString(strange.toString());
        inspected(JournalQuery.all().from(STRANGE + 1), ENTRIES - STRANGE - 1);
    }

    @Test
    void whatIsBeforeADamageIsShownAndTheScanTellsOfIt() throws IOException {
        WrittenSegment segment = write();
        long damaged = segment.ends().get(4) + 20; // In the sixth entry.
        try (FileChannel file = FileChannel.open(segment.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, damaged);
            file.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 1)}), damaged);
        }
        List<InspectedEntry> found = new ArrayList<>();
        try (JournalInspector inspector = JournalInspector.open(directory)) {
            JournalScan scan = inspector.read(JournalQuery.all(), found::add);
            Damage damage = scan.damage().orElseThrow();
            assertThat(damage.kind()).isEqualTo(Damage.Kind.CHECKSUM);
            assertThat(damage.offset()).isEqualTo(segment.ends().get(4));
            assertThat(damage.aftermath().first()).isEqualTo(6);
            assertThat(damage.aftermath().entries()).isEqualTo(2);
            assertThat(inspector.entry(6)).isEmpty();
        }
        assertThat(found).hasSize(5);
    }

    @Test
    void aCutOffEndIsSaidToo() throws IOException {
        WrittenSegment segment = write();
        try (FileChannel file = FileChannel.open(segment.path(), StandardOpenOption.WRITE)) {
            file.truncate(segment.ends().get(ENTRIES - 1) - 3);
        }
        List<InspectedEntry> found = new ArrayList<>();
        try (JournalInspector inspector = JournalInspector.open(directory)) {
            assertThat(inspector.read(JournalQuery.all().limit(2), found::add).damage())
                    .hasValueSatisfying(damage -> assertThat(damage.kind()).isEqualTo(Damage.Kind.TORN_TAIL));
            assertThat(inspector.scan().last().index()).isEqualTo(ENTRIES - 2);
        }
        assertThat(found).hasSize(2);
    }
}
