package io.metastore.recovery;

import static io.metastore.recovery.WrittenSegment.command;
import static io.metastore.recovery.WrittenSegment.hint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.Aftermath;
import io.metastore.recovery.journal.CommitHints;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.recovery.journal.LoggedMembership.Peer;
import io.metastore.recovery.journal.Membership;
import io.metastore.recovery.journal.SegmentScan;
import io.metastore.recovery.journal.TermRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalScannerTest {
    @TempDir
    Path directory;

    private final List<LogEntryProto> entries = WrittenSegment.oneOfEach(0);
    private WrittenSegment closed;
    private WrittenSegment open;

    @BeforeEach
    void writeTwoFiles() {
        closed = WrittenSegment.write(directory, "log_0-5", entries);
        open = WrittenSegment.write(
                directory, "log_inprogress_6", List.of(command(5, 6, "six"), command(5, 7, "seven")), 4096);
    }

    private Damage damage() {
        return JournalScanner.scan(directory).damage().orElseThrow();
    }

    @Test
    void readsWhatRatisReads() throws IOException {
        List<LogPosition> positions = new ArrayList<>();
        List<String> payloads = new ArrayList<>();
        JournalScan scan = JournalScanner.scan(directory, entry -> {
            positions.add(entry.position());
            if (entry.kind() == EntryVisitor.Kind.COMMAND) {
                payloads.add(StandardCharsets.UTF_8.decode(entry.payload()).toString());
            }
        });
        List<LogEntryProto> expected = new ArrayList<>(WrittenSegment.readByRatis(closed.path()));
        expected.addAll(WrittenSegment.readByRatis(open.path()));
        assertThat(scan.damage()).isEmpty();
        assertThat(positions)
                .isEqualTo(expected.stream()
                        .map(entry -> new LogPosition(entry.getTerm(), entry.getIndex()))
                        .toList());
        assertThat(payloads)
                .isEqualTo(expected.stream()
                        .filter(LogEntryProto::hasStateMachineLogEntry)
                        .map(entry ->
                                entry.getStateMachineLogEntry().getLogData().toStringUtf8())
                        .toList());
    }

    @Test
    void tellsWhereAPayloadIsInItsFile() throws IOException {
        List<String> payloads = new ArrayList<>();
        JournalScanner.scan(directory, entry -> {
            if (entry.kind() == EntryVisitor.Kind.COMMAND) {
                payloads.add(read(entry));
            }
        });
        assertThat(payloads).containsExactly("first", "x".repeat(200), "six", "seven");
    }

    private static String read(EntryVisitor.ScannedEntry entry) {
        try {
            byte[] file = Files.readAllBytes(entry.file());
            return new String(file, (int) entry.payloadOffset(), entry.payloadBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void reportsEachFile() throws IOException {
        SegmentScan first = JournalScanner.scan(directory).segments().get(0);
        assertThat(first.open()).isFalse();
        assertThat(first.last()).isEqualTo(5);
        assertThat(first.bytes()).isEqualTo(Files.size(closed.path())).isEqualTo(first.readableBytes());
        assertThat(first.terms()).containsExactly(new TermRun(3, 0), new TermRun(4, 3));
        assertThat(first.commitHints()).isEqualTo(new CommitHints(2, 4));
        SegmentScan second = JournalScanner.scan(directory).segments().get(1);
        assertThat(second.open()).isTrue();
        assertThat(second.entries()).isEqualTo(2);
        assertThat(second.readableBytes()).isEqualTo(open.ends().get(1));
        assertThat(second.bytes()).isGreaterThan(second.readableBytes());
    }

    @Test
    void decodesMemberships() {
        List<LoggedMembership> memberships = JournalScanner.scan(directory).memberships();
        assertThat(memberships.get(0).voters())
                .containsExactly(new Peer("a@1", "a@1:7000"), new Peer("b@1", "b@1:7000"), new Peer("c@1", "c@1:7000"));
        assertThat(memberships.get(0).observers()).containsExactly(new Peer("o@1", "o@1:7000"));
        assertThat(memberships.get(1).position()).isEqualTo(new LogPosition(4, 3));
        assertThat(memberships.get(1).oldObservers()).hasSize(1);
        assertThat(memberships.get(1).membership()).isEqualTo(new Membership(3, Set.of("a@1", "b@1"), Set.of("a@1")));
    }

    @Test
    void reportsTheJournalAsAWhole() {
        JournalScan scan = JournalScanner.scan(directory);
        assertThat(scan.first()).contains(0L);
        assertThat(scan.last()).isEqualTo(new LogPosition(5, 7));
        assertThat(scan.terms()).containsExactly(new TermRun(3, 0), new TermRun(4, 3), new TermRun(5, 6));
        assertThat(scan.commitHints()).isEqualTo(new CommitHints(2, 4));
        assertThat(scan.lastIndexMax()).isEqualTo(7);
    }

    @Test
    void beginsWhereItWasPurged() throws IOException {
        Files.delete(closed.path());
        JournalScan scan = JournalScanner.scan(directory);
        assertThat(scan.first()).contains(6L);
        assertThat(scan.damage()).isEmpty();
    }

    @Test
    void emptyJournalIsNoDamage() throws IOException {
        Files.delete(closed.path());
        Files.write(open.path(), new byte[0]);
        JournalScan scan = JournalScanner.scan(directory);
        assertThat(scan.damage()).isEmpty();
        assertThat(scan.last()).isEqualTo(LogPosition.NONE);
        assertThat(open.path()).exists(); // Ratis would have deleted it.
    }

    @Test
    void missingDirectoryIsAnError() {
        assertThatThrownBy(() -> JournalScanner.scan(directory.resolve("absent")))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void fileThatCannotBeOpenedIsAnErrorAndNotAnEmptyJournal() throws IOException {
        Files.delete(closed.path());
        Files.createSymbolicLink(closed.path(), closed.path()); // Nobody opens a loop, root neither.
        assertThatThrownBy(() -> JournalScanner.scan(directory)).isInstanceOf(DirectoryUnusableException.class);
    }

    @Test
    void whatTheDiskCannotReadIsDamageAndNoError() throws IOException {
        Files.delete(closed.path());
        Files.createDirectory(closed.path()); // Is opened, and no byte of it can be read.
        assertThat(damage().kind()).isEqualTo(Damage.Kind.UNREADABLE);
        assertThat(damage().file()).isEqualTo(closed.path());
        assertThat(JournalScanner.scan(directory).last()).isEqualTo(LogPosition.NONE);
        assertThat(JournalScanner.scan(directory).lastIndexMax()).isEqualTo(7);
    }

    @Test
    void shortenedClosedFileIsSeenThoughRatisAcceptsIt() throws IOException {
        Files.write(closed.path(), java.util.Arrays.copyOf(closed.bytes(), (int)
                (long) closed.ends().get(3)));
        assertThat(WrittenSegment.readByRatis(closed.path())).hasSize(4);
        assertThat(damage().kind()).isEqualTo(Damage.Kind.NAME_DIFFERS);
        assertThat(damage().offset()).isEqualTo(closed.ends().get(3));
        assertThat(damage().aftermath()).isEqualTo(Aftermath.NOTHING);
        assertThat(JournalScanner.scan(directory).last()).isEqualTo(new LogPosition(4, 3));
        assertThat(JournalScanner.scan(directory).lastIndexMax()).isEqualTo(7);
    }

    @Test
    void zeroedFileIsSeenAndKept() throws IOException {
        Files.write(closed.path(), new byte[100]);
        assertThat(damage().kind()).isEqualTo(Damage.Kind.BAD_HEADER);
        assertThat(damage().aftermath()).isEqualTo(new Aftermath(Aftermath.Content.ZEROS, 100, 0, -1, -1));
        assertThat(closed.path()).exists();
    }

    @Test
    void fileThatWasRenamedIsSeen() throws IOException {
        Files.move(closed.path(), directory.resolve("log_1-5"));
        assertThat(damage().kind()).isEqualTo(Damage.Kind.NAME_DIFFERS);
        assertThat(damage().aftermath().entries()).isEqualTo(5); // 0 is where 1 was expected.
    }

    @Test
    void fileWithMoreThanItsNameSaysIsSeen() throws IOException {
        Files.move(closed.path(), directory.resolve("log_0-4"));
        assertThat(damage().kind()).isEqualTo(Damage.Kind.NAME_DIFFERS);
        assertThat(damage().offset()).isEqualTo(closed.ends().get(4));
        assertThat(JournalScanner.scan(directory).last()).isEqualTo(new LogPosition(4, 4));
    }

    @Test
    void holeBetweenFilesEndsThePrefix() {
        WrittenSegment.write(directory, "log_0-3", entries.subList(0, 4));
        closed.path().toFile().delete();
        assertThat(damage().kind()).isEqualTo(Damage.Kind.HOLE);
        assertThat(damage().file()).isEqualTo(open.path());
        assertThat(damage().aftermath().entries()).isEqualTo(2);
        List<Long> visited = new ArrayList<>();
        JournalScan scan = JournalScanner.scan(
                directory, entry -> visited.add(entry.position().index()));
        assertThat(visited).containsExactly(0L, 1L, 2L, 3L);
        assertThat(scan.last()).isEqualTo(new LogPosition(4, 3));
        assertThat(scan.segments()).hasSize(2);
    }

    @Test
    void overlapOfFilesEndsThePrefix() {
        WrittenSegment.write(directory, "log_0-3", entries.subList(0, 4));
        assertThat(damage().kind()).isEqualTo(Damage.Kind.OVERLAP);
        assertThat(damage().file()).isEqualTo(closed.path());
        assertThat(JournalScanner.scan(directory).last()).isEqualTo(new LogPosition(4, 3));
    }

    @Test
    void entriesThatDoNotFollowEachOtherAreSeen() {
        open = WrittenSegment.write(directory, "log_inprogress_6", List.of(command(5, 6, "six"), command(5, 8, "?")));
        assertThat(damage().kind()).isEqualTo(Damage.Kind.INDEX_GAP);
        open = WrittenSegment.write(directory, "log_inprogress_6", List.of(command(5, 6, "six"), command(4, 7, "?")));
        assertThat(damage().kind()).isEqualTo(Damage.Kind.TERM_FALLS);
        assertThat(damage().offset()).isEqualTo(open.ends().get(0));
    }

    @Test
    void intactEntryThatIsNotUnderstoodIsSeen() {
        open = WrittenSegment.write(
                directory,
                "log_inprogress_6",
                List.of(WrittenSegment.membership(5, 6, WrittenSegment.members()), hint(5, 7, 6)));
        assertThat(damage().kind()).isEqualTo(Damage.Kind.UNDECODABLE);
        assertThat(damage().aftermath().entries()).isEqualTo(1);
    }

    @Test
    void bytesBehindTheEndAreSeen() throws IOException {
        Files.write(closed.path(), new byte[] {0, 0, 0, 7}, StandardOpenOption.APPEND);
        assertThat(damage().kind()).isEqualTo(Damage.Kind.DATA_AFTER_END);
        assertThat(damage().offset()).isEqualTo(closed.ends().get(5));
        assertThat(damage().aftermath().content()).isEqualTo(Aftermath.Content.GARBAGE);
    }

    @Test
    void entriesBehindAnInventedLengthAreFound() throws IOException {
        byte[] bytes = closed.bytes();
        int second = (int) (long) closed.ends().get(0);
        bytes[second] = (byte) 0x80; // Goes on, into the tag of the term and what follows.
        Files.write(closed.path(), bytes);
        assertThat(damage().offset()).isEqualTo(second);
        assertThat(damage().aftermath())
                .isEqualTo(new Aftermath(Aftermath.Content.ENTRIES, bytes.length - second, 4, 2, 5));
    }

    @Test
    void largestEntriesAreReadThroughASmallWindow() {
        closed.path().toFile().delete();
        String large = "y".repeat(3 << 20);
        WrittenSegment.write(
                directory, "log_0-2", List.of(command(3, 0, "a"), command(3, 1, large), command(3, 2, "b")));
        WrittenSegment.write(directory, "log_3-5", entries.subList(3, 6));
        List<Integer> bytes = new ArrayList<>();
        JournalScan scan = JournalScanner.scan(directory, entry -> bytes.add(entry.payloadBytes()));
        assertThat(scan.damage()).isEmpty();
        assertThat(bytes).startsWith(1, large.length(), 1);
    }
}
