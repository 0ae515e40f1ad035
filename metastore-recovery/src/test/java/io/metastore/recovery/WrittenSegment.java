package io.metastore.recovery;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.MetadataProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.SizeInBytes;

/**
 * A file of a journal as Ratis writes it.
 *
 * @param path of the file
 * @param entries in it
 * @param ends offset behind each of them
 */
record WrittenSegment(Path path, List<LogEntryProto> entries, List<Long> ends) {
    private static final long FILE_BYTES_MAX = 64 << 20;
    private static final long HEADER_BYTES = 8;

    /** Writes one, without bytes behind the last entry. */
    static WrittenSegment write(Path directory, String name, List<LogEntryProto> entries) {
        return write(directory, name, entries, 0);
    }

    /** Writes one that was given a length before, as the file that is being written is. */
    static WrittenSegment write(Path directory, String name, List<LogEntryProto> entries, long preallocatedBytes) {
        Path path = directory.resolve(name);
        List<Long> ends = new ArrayList<>();
        long end = HEADER_BYTES;
        try (SegmentedRaftLogOutputStream out = new SegmentedRaftLogOutputStream(
                path.toFile(), false, FILE_BYTES_MAX, preallocatedBytes, ByteBuffer.allocateDirect(4 << 20))) {
            for (LogEntryProto entry : entries) {
                out.write(entry);
                int bytes = entry.getSerializedSize();
                end += bytes + (bytes < 1 << 7 ? 1 : bytes < 1 << 14 ? 2 : bytes < 1 << 21 ? 3 : 4) + 4;
                ends.add(end);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (end < preallocatedBytes) {
            lengthen(path, preallocatedBytes); // What Ratis gives it in advance it takes back when it closes it.
        }
        return new WrittenSegment(path, entries, ends);
    }

    private static void lengthen(Path path, long bytes) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As Ratis itself reads a file. */
    static List<LogEntryProto> readByRatis(Path path) throws IOException {
        List<LogEntryProto> read = new ArrayList<>();
        readByRatis(path, read);
        return read;
    }

    /** What Ratis hands out of a file before it fails, if it does. */
    static List<LogEntryProto> readableByRatis(Path path) {
        List<LogEntryProto> read = new ArrayList<>();
        try {
            readByRatis(path, read);
        } catch (IOException | RuntimeException e) {
            return read;
        }
        return read;
    }

    private static void readByRatis(Path path, List<LogEntryProto> into) throws IOException {
        LogSegment.readSegmentFile(
                path.toFile(),
                LogSegmentPath.matchLogSegment(path).getStartEnd(),
                SizeInBytes.valueOf("16MB"),
                CorruptionPolicy.EXCEPTION,
                null,
                into::add);
    }

    byte[] bytes() throws IOException {
        return Files.readAllBytes(path);
    }

    /** How many entries end at or before an offset. */
    long entriesUpTo(long offset) {
        return ends.stream().filter(end -> end <= offset).count();
    }

    /** Where the entry that holds the byte at an offset begins; 0 for a byte of the header. */
    long beginOfEntryAt(long offset) {
        long begin = offset < HEADER_BYTES ? 0 : HEADER_BYTES;
        for (long end : ends) {
            begin = end <= offset ? end : begin;
        }
        return begin;
    }

    static LogEntryProto command(long term, long index, String payload) {
        return LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(index)
                .setStateMachineLogEntry(StateMachineLogEntryProto.newBuilder()
                        .setLogData(ByteString.copyFromUtf8(payload))
                        .setClientId(ByteString.copyFromUtf8("client"))
                        .setCallId(index))
                .build();
    }

    static LogEntryProto hint(long term, long index, long committed) {
        return LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(index)
                .setMetadataEntry(MetadataProto.newBuilder().setCommitIndex(committed))
                .build();
    }

    static LogEntryProto membership(long term, long index, RaftConfigurationProto.Builder members) {
        return LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(index)
                .setConfigurationEntry(members)
                .build();
    }

    static RaftPeerProto peer(String id) {
        return RaftPeerProto.newBuilder()
                .setId(ByteString.copyFromUtf8(id))
                .setAddress(id + ":7000")
                .setPriority(1)
                .build();
    }

    static RaftConfigurationProto.Builder members(String... voters) {
        RaftConfigurationProto.Builder members = RaftConfigurationProto.newBuilder();
        for (String voter : voters) {
            members.addPeers(peer(voter));
        }
        return members;
    }

    /** A small journal with an entry of each kind, in two terms. */
    static List<LogEntryProto> oneOfEach(long first) {
        return List.of(
                membership(3, first, members("a@1", "b@1", "c@1").addListeners(peer("o@1"))),
                command(3, first + 1, "first"),
                hint(3, first + 2, first + 1),
                membership(
                        4,
                        first + 3,
                        members("a@1", "b@1").addOldPeers(peer("a@1")).addOldListeners(peer("o@1"))),
                command(4, first + 4, "x".repeat(200)),
                hint(4, first + 5, first + 4));
    }
}
