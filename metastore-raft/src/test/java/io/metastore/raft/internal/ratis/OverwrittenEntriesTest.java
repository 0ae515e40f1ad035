package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader cuts off a journal is kept beside it, within bounds. */
class OverwrittenEntriesTest {
    private static final byte[] ABOUT = "about".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path group;

    private static List<LogEntryProto> entries(long term, long first, long last, int bytes) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(index -> LogEntryProto.newBuilder()
                        .setTerm(term)
                        .setIndex(index)
                        .setStateMachineLogEntry(
                                StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(new byte[bytes])))
                        .build())
                .toList();
    }

    private OverwrittenEntries upTo(long bytesMax) {
        return new OverwrittenEntries(new DiskFileLayer(), group, bytesMax);
    }

    private List<String> kept() throws IOException {
        try (Stream<Path> found = Files.list(group.resolve("overwritten"))) {
            return found.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void areReadBackByRatis() throws IOException {
        List<LogEntryProto> entries = entries(3, 7, 9, 300);
        upTo(1 << 20).keep(entries, ABOUT);
        assertThat(kept()).containsExactly("3.7-3.9");
        Path file = group.resolve("overwritten/3.7-3.9/log_7-9");
        List<LogEntryProto> read = new ArrayList<>();
        JournalReader.read(new SegmentFiles.Segment(file, 7, 9), RatisSettings.Limits.DEFAULT, read::add);
        assertThat(read).isEqualTo(entries);
        assertThat(file.resolveSibling("about")).hasBinaryContent(ABOUT);
    }

    @Test
    void whatIsKeptAlreadyStaysAndWhatAnAttemptLeftIsReplaced() throws IOException {
        Files.createDirectories(group.resolve("overwritten/3.7-3.8.tmp"));
        Files.writeString(group.resolve("overwritten/3.7-3.8.tmp/log_7-8"), "half");
        OverwrittenEntries overwritten = upTo(1 << 20);
        overwritten.keep(entries(3, 7, 8, 10), ABOUT);
        overwritten.keep(entries(3, 7, 8, 10), new byte[0]);
        assertThat(kept()).containsExactly("3.7-3.8");
        assertThat(group.resolve("overwritten/3.7-3.8/about")).hasBinaryContent(ABOUT);
    }

    /** All entries of one term are of one leader: with a later one of its term an image has it. */
    @Test
    void whatAnImageIsKnownToHaveIsNotKept() throws IOException {
        OverwrittenEntries overwritten = upTo(1 << 20);
        Files.createDirectories(group.resolve("overwritten"));
        overwritten.keepBefore(new LogPosition(3, 9), entries(3, 7, 9, 10), TermIndex.valueOf(2, 6), "b");
        assertThat(kept()).isEmpty();
        overwritten.keepBefore(new LogPosition(3, 8), entries(3, 7, 9, 10), TermIndex.valueOf(2, 6), "b");
        overwritten.keepBefore(new LogPosition(4, 80), entries(3, 5, 6, 10), null, "");
        assertThat(kept()).containsExactly("3.5-3.6", "3.7-3.9");
        assertThat(group.resolve("overwritten/3.7-3.9/about")).content().contains("before=2:6\nleader=b\nby=3:8\n");
        assertThat(group.resolve("overwritten/3.5-3.6/about")).content().contains("before=0:4\nleader=-\nby=4:80\n");
    }

    @Test
    void theOldestMakeRoomAndWhatIsTooMuchIsNotKept() throws IOException {
        OverwrittenEntries overwritten = upTo(2_500);
        overwritten.keep(entries(3, 9, 9, 1_000), ABOUT);
        overwritten.keep(entries(4, 2, 2, 1_000), ABOUT);
        overwritten.keep(entries(5, 3, 3, 1_000), ABOUT);
        assertThat(kept()).containsExactly("4.2-4.2", "5.3-5.3");
        overwritten.keep(entries(6, 4, 4, 3_000), ABOUT);
        assertThat(kept()).as("nothing goes for what cannot be kept").containsExactly("4.2-4.2", "5.3-5.3");
    }
}
