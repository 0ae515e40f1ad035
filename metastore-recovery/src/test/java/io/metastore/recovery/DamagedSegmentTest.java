package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.recovery.journal.Aftermath;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.SegmentScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every damage of one kind there can be to a small file, one after the other. */
class DamagedSegmentTest {
    private static final String CLOSED = "log_7-12";
    private static final String OPEN = "log_inprogress_7";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {CLOSED, OPEN})
    void everyFlippedBitIsSeenAndCostsNothingBeforeIt(String name) throws IOException {
        WrittenSegment written = WrittenSegment.write(directory, name, WrittenSegment.oneOfEach(7));
        byte[] good = written.bytes();
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            check(written, bad, bit / 8, "bit " + bit);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CLOSED, OPEN})
    void everyOtherByteIsSeenAndCostsNothingBeforeIt(String name) throws IOException {
        WrittenSegment written = WrittenSegment.write(directory, name, WrittenSegment.oneOfEach(7));
        byte[] good = written.bytes();
        for (int at = 0; at < good.length; at++) {
            for (byte other : new byte[] {0, 1, 0x7f, (byte) 0x80, (byte) 0xff}) {
                if (other != good[at]) {
                    byte[] bad = good.clone();
                    bad[at] = other;
                    check(written, bad, at, "byte " + at + " is " + other);
                }
            }
        }
    }

    private void check(WrittenSegment written, byte[] bad, int at, String what) throws IOException {
        Files.write(written.path(), bad);
        List<Long> visited = new ArrayList<>();
        JournalScan scan = JournalScanner.scan(
                directory, entry -> visited.add(entry.position().index()));
        SegmentScan segment = scan.segments().get(0);
        long before = at < 8 ? 0 : written.entriesUpTo(at);
        assertThat(segment.entries()).as(what).isEqualTo(before);
        assertThat(visited).as(what).hasSize((int) before);
        Damage damage = segment.damage().orElseThrow(() -> new AssertionError("not seen: " + what));
        assertThat(damage.offset()).as(what).isEqualTo(written.beginOfEntryAt(at));
        boolean inLast = before == written.entries().size() - 1;
        long behind = at < 8 ? written.entries().size() : written.entries().size() - before - 1;
        assertThat(damage.aftermath().entries()).as(what + " " + damage).isEqualTo(behind);
        if (behind > 0) {
            assertThat(damage.aftermath().last()).as(what).isEqualTo(12);
        }
        boolean torn = segment.open() && inLast;
        assertThat(damage.kind() == Damage.Kind.TORN_TAIL)
                .as(what + " " + damage)
                .isEqualTo(torn);
        assertThat(Files.readAllBytes(written.path())).as("unchanged").isEqualTo(bad);
    }

    @Test
    void everyLengthOfAClosedFileIsSeen() throws IOException {
        WrittenSegment written = WrittenSegment.write(directory, CLOSED, WrittenSegment.oneOfEach(7));
        byte[] good = written.bytes();
        for (int length = 0; length < good.length; length++) {
            SegmentScan segment = scanWithLength(written, good, length);
            Damage damage = segment.damage().orElseThrow();
            boolean clean = length == 8 || written.ends().contains((long) length);
            Damage.Kind expected = length < 8
                    ? Damage.Kind.BAD_HEADER
                    : clean ? Damage.Kind.NAME_DIFFERS : Damage.Kind.TRUNCATED_ENTRY;
            assertThat(damage.kind()).as("length %d", length).isEqualTo(expected);
            assertThat(damage.offset()).isEqualTo(length < 8 ? 0 : written.beginOfEntryAt(length));
        }
    }

    @Test
    void everyLengthOfTheOpenFileIsWhatACrashLeaves() throws IOException {
        WrittenSegment written = WrittenSegment.write(directory, OPEN, WrittenSegment.oneOfEach(7));
        byte[] good = written.bytes();
        for (int length = 0; length <= good.length; length++) {
            SegmentScan segment = scanWithLength(written, good, length);
            boolean clean = length == 0 || length == 8 || written.ends().contains((long) length);
            assertThat(segment.damage().map(Damage::kind).orElse(null))
                    .as("length %d", length)
                    .isEqualTo(clean ? null : Damage.Kind.TORN_TAIL);
        }
    }

    @Test
    void everyEndOfWritingInAPreallocatedFileIsWhatACrashLeaves() throws IOException {
        WrittenSegment written = WrittenSegment.write(directory, OPEN, WrittenSegment.oneOfEach(7));
        byte[] good = written.bytes();
        for (int length = 1; length <= good.length; length++) {
            Files.write(written.path(), Arrays.copyOf(Arrays.copyOf(good, length), good.length + 300));
            SegmentScan segment = JournalScanner.scan(directory).segments().get(0);
            long whole = good[length - 1] == 0 ? segment.entries() : written.entriesUpTo(length);
            assertThat(segment.entries()).as("length %d", length).isEqualTo(whole);
            assertThat(segment.damage().map(Damage::kind).orElse(Damage.Kind.TORN_TAIL))
                    .as("length %d", length)
                    .isEqualTo(Damage.Kind.TORN_TAIL);
        }
    }

    private SegmentScan scanWithLength(WrittenSegment written, byte[] good, int length) throws IOException {
        Files.write(written.path(), Arrays.copyOf(good, length));
        SegmentScan segment = JournalScanner.scan(directory).segments().get(0);
        assertThat(segment.entries()).as("length %d", length).isEqualTo(written.entriesUpTo(length));
        assertThat(segment.damage().map(each -> each.aftermath().content()))
                .as("length %d", length)
                .isNotEqualTo(java.util.Optional.of(Aftermath.Content.ENTRIES));
        assertThat(segment.bytes()).isEqualTo(length);
        return segment;
    }
}
