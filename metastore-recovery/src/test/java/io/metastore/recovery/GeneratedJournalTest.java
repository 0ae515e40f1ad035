package io.metastore.recovery;

import static io.metastore.recovery.WrittenSegment.hint;
import static io.metastore.recovery.WrittenSegment.members;
import static io.metastore.recovery.WrittenSegment.membership;
import static io.metastore.recovery.WrittenSegment.peer;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.CommitHints;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.LoggedMembership.Peer;
import io.metastore.recovery.journal.SegmentScan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Journals of random entries in random files, written by Ratis: what the scanner shows is what Ratis reads; of a file that was damaged anywhere, as far as Ratis gets before it gives
 * up. {@code -Djournals=1000} for that many, {@code -Djournals.seed} for one again.
 */
class GeneratedJournalTest {
    private static final int JOURNALS = Integer.getInteger("journals", 5);
    private static final int DAMAGES = 10;

    /** In front of, at and behind the end of the window in which a file is read, and where a length takes another byte. */
    private static final int[] LENGTHS = {
        0, 1, 100, 127, 128, 129, 4_000, 16_383, 16_384, (1 << 20) - 40, 1 << 20, (1 << 20) + 40
    };

    @TempDir
    Path temporary;

    private Random random = new Random(0);

    @Test
    void scannerShowsWhatRatisReads() throws IOException {
        long seed = Long.getLong("journals.seed", new Random().nextLong());
        for (int i = 0; i < JOURNALS; i++) {
            random = new Random(seed + i);
            try {
                compare(Files.createDirectory(temporary.resolve("journal" + i)));
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("again with -Djournals.seed=" + (seed + i), e);
            }
        }
    }

    private void compare(Path directory) throws IOException {
        List<WrittenSegment> files = write(directory);
        List<String> shown = new ArrayList<>();
        JournalScan scan = JournalScanner.scan(directory, entry -> shown.add(describe(entry)));
        List<LogEntryProto> expected = new ArrayList<>();
        for (WrittenSegment file : files) {
            List<LogEntryProto> read = WrittenSegment.readByRatis(file.path());
            assertThat(read).isEqualTo(file.entries());
            expected.addAll(read);
        }
        assertThat(scan.damage()).isEmpty();
        assertThat(shown)
                .isEqualTo(expected.stream().map(GeneratedJournalTest::describe).toList());
        assertThat(scan.memberships().stream()
                        .map(each -> List.of(each.voters(), each.observers(), each.oldVoters(), each.oldObservers())))
                .isEqualTo(expected.stream()
                        .filter(LogEntryProto::hasConfigurationEntry)
                        .map(LogEntryProto::getConfigurationEntry)
                        .map(each -> List.of(
                                peers(each.getPeersList()),
                                peers(each.getListenersList()),
                                peers(each.getOldPeersList()),
                                peers(each.getOldListenersList())))
                        .toList());
        long[] hints = expected.stream()
                .filter(LogEntryProto::hasMetadataEntry)
                .mapToLong(each -> each.getMetadataEntry().getCommitIndex())
                .toArray();
        assertThat(scan.commitHints())
                .isEqualTo(
                        new CommitHints(hints.length, Arrays.stream(hints).max().orElse(-1)));
        assertThat(scan.terms().stream().map(run -> new LogPosition(run.term(), run.first())))
                .isEqualTo(beginnings(expected));
        damage(directory, files.get(random.nextInt(files.size())));
    }

    private static List<LogPosition> beginnings(List<LogEntryProto> entries) {
        List<LogPosition> beginnings = new ArrayList<>();
        long term = -1;
        for (LogEntryProto entry : entries) {
            if (entry.getTerm() > term) {
                term = entry.getTerm();
                beginnings.add(new LogPosition(term, entry.getIndex()));
            }
        }
        return beginnings;
    }

    /** What Ratis hands out before it fails is what we show, and where it does not fail nothing is lost or we say so. */
    private void damage(Path directory, WrittenSegment written) throws IOException {
        byte[] good = written.bytes();
        for (int i = 0; i < DAMAGES; i++) {
            byte[] bad = good.clone();
            int at = random.nextInt(good.length);
            bad[at] ^= (byte) (1 + random.nextInt(255));
            Files.write(written.path(), bad);
            long before = at < 8 ? 0 : written.entriesUpTo(at);
            SegmentScan segment = JournalScanner.scan(directory).segments().stream()
                    .filter(each -> each.path().equals(written.path()))
                    .findFirst()
                    .orElseThrow();
            assertThat(segment.damage()).as("byte %d", at).isPresent();
            assertThat(segment.entries()).as("byte %d", at).isEqualTo(before);
            assertThat(WrittenSegment.readableByRatis(written.path()))
                    .as("byte %d", at)
                    .isEqualTo(written.entries().subList(0, (int) before));
        }
        Files.write(written.path(), good);
    }

    private List<WrittenSegment> write(Path directory) {
        List<WrittenSegment> files = new ArrayList<>();
        // None is written in term 0, and of an empty one with index 0 Ratis writes the byte that ends a file.
        long term = 1 + random.nextInt(3);
        long index = random.nextBoolean() ? 0 : random.nextInt(1 << 20);
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            List<LogEntryProto> entries = new ArrayList<>();
            for (int n = 1 + random.nextInt(12); n > 0; n--) {
                term += random.nextInt(4) == 0 ? 1 + random.nextInt(1 << 15) : 0;
                entries.add(entry(term, index++));
            }
            long first = index - entries.size();
            files.add(
                    i == count - 1
                            ? WrittenSegment.write(directory, "log_inprogress_" + first, entries)
                            : WrittenSegment.write(directory, "log_" + first + "-" + (index - 1), entries));
        }
        return files;
    }

    private LogEntryProto entry(long term, long index) {
        return switch (random.nextInt(6)) {
            case 0 -> hint(term, index, random.nextInt(2) == 0 ? index - 1 : random.nextInt(1 << 30));
            case 1 ->
                membership(term, index, members(ids()).addListeners(peer("o@1")).addOldPeers(peer(ids()[0])));
            case 2 -> LogEntryProto.newBuilder().setTerm(term).setIndex(index).build();
            default -> {
                byte[] data = new byte[LENGTHS[random.nextInt(LENGTHS.length)]];
                random.nextBytes(data);
                yield LogEntryProto.newBuilder()
                        .setTerm(term)
                        .setIndex(index)
                        .setStateMachineLogEntry(StateMachineLogEntryProto.newBuilder()
                                .setLogData(ByteString.copyFrom(data))
                                .setClientId(ByteString.copyFrom(new byte[random.nextInt(17)]))
                                .setCallId(random.nextLong()))
                        .build();
            }
        };
    }

    private String[] ids() {
        String[] ids = new String[1 + random.nextInt(4)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "m" + random.nextInt(1 << 20) + "@1";
        }
        return ids;
    }

    private static List<Peer> peers(List<RaftPeerProto> peers) {
        return peers.stream()
                .map(peer -> new Peer(peer.getId().toStringUtf8(), peer.getAddress()))
                .toList();
    }

    private static String describe(EntryVisitor.ScannedEntry entry) {
        ByteBuffer payload = entry.kind() == EntryVisitor.Kind.COMMAND ? entry.payload() : ByteBuffer.allocate(0);
        return describe(entry.kind(), entry.position(), payload);
    }

    private static String describe(LogEntryProto entry) {
        EntryVisitor.Kind kind = entry.hasStateMachineLogEntry()
                ? EntryVisitor.Kind.COMMAND
                : entry.hasConfigurationEntry()
                        ? EntryVisitor.Kind.MEMBERSHIP
                        : entry.hasMetadataEntry() ? EntryVisitor.Kind.COMMIT_HINT : EntryVisitor.Kind.EMPTY;
        return describe(
                kind,
                new LogPosition(entry.getTerm(), entry.getIndex()),
                entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
    }

    private static String describe(EntryVisitor.Kind kind, LogPosition position, ByteBuffer payload) {
        CRC32 checksum = new CRC32();
        int bytes = payload.remaining();
        checksum.update(payload);
        return kind + " " + position + " " + bytes + " " + checksum.getValue();
    }
}
