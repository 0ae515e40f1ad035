package io.metastore.recovery;

import io.metastore.recovery.journal.JournalScan;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * How fast journals are read. Run by hand: the arguments are a directory with room for some gigabytes, how many members, how many MiB of journal each, and how many
 * bytes a command has. Members that are there are taken as they are.
 */
final class ScanRates {
    private static final int FILE_BYTES = 32 << 20;

    private ScanRates() {}

    @SuppressWarnings("SystemOut") // It is a program.
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        int members = Integer.parseInt(arguments[1]);
        long bytes = Long.parseLong(arguments[2]) << 20;
        int commandBytes = Integer.parseInt(arguments[3]);
        String[] voters = new String[members];
        for (int i = 0; i < members; i++) {
            voters[i] = "m" + i;
        }
        List<Source> sources = new ArrayList<>();
        List<Path> journals = new ArrayList<>();
        for (String name : voters) {
            Path member = directory.resolve(name);
            CraftedMember crafted = Files.exists(member)
                    ? null
                    : CraftedMember.create(member, name, 1, voters).elected(1).write(1);
            if (crafted != null && journals.isEmpty()) {
                fill(crafted.current(), bytes, commandBytes);
            } else if (crafted != null) {
                link(journals.get(0), crafted.current());
            }
            sources.add(Source.directory(member));
            try (var found = Files.walk(member)) {
                journals.add(found.filter(each -> each.endsWith("current"))
                        .findFirst()
                        .orElseThrow());
            }
        }
        for (int round = 0; round < 5; round++) {
            Stopwatch watch = new Stopwatch();
            JournalScan scan = JournalScanner.scan(journals.get(0));
            watch.print("scan of one", scan.last());
            watch = new Stopwatch();
            Survey survey = Recovery.of(sources.toArray(Source[]::new)).survey();
            watch.print("survey of " + members, survey.diagnose().bracket());
            if (round == 4) {
                System.out.print(survey.toTable());
            }
        }
    }

    /** Elapsed time, and what of it this thread had a processor. */
    private static final class Stopwatch {
        private final long start = System.nanoTime();
        private final long processorStart = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();

        @SuppressWarnings("SystemOut")
        void print(String what, Object result) {
            long processor = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - processorStart;
            System.out.printf(
                    "%s: %d ms, processor %d ms, %s%n",
                    what, (System.nanoTime() - start) / 1_000_000, processor / 1_000_000, result);
        }
    }

    /** What is read from memory costs the same wherever else it has a name. */
    private static void link(Path journal, Path current) throws IOException {
        Files.delete(current.resolve("log_inprogress_0"));
        try (var files = Files.list(journal)) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith("log_"))
                    .toList()) {
                Files.createLink(current.resolve(file.getFileName()), file);
            }
        }
    }

    /** Full files behind the first, then one that is being written. */
    private static void fill(Path current, long bytes, int commandBytes) throws IOException {
        Files.move(current.resolve("log_inprogress_0"), current.resolve("log_0-0"));
        byte[] batch = JournalCodec.encodeBatch(new JournalBatch(new UUID(3, 3), 1, List.of()));
        ByteString padding = ByteString.copyFrom(new byte[Math.max(0, commandBytes - batch.length)]);
        long index = 1;
        for (long written = 0; written < bytes; written += FILE_BYTES) {
            List<LogEntryProto> entries = new ArrayList<>();
            for (int size = 0; size < FILE_BYTES; size += commandBytes + 30) {
                ByteString entry = ByteString.copyFrom(JournalCodec.encodeEntry(index, index - 1, batch));
                entries.add(LogEntryProto.newBuilder()
                        .setTerm(1)
                        .setIndex(index++)
                        .setStateMachineLogEntry(
                                StateMachineLogEntryProto.newBuilder().setLogData(entry.concat(padding)))
                        .build());
            }
            boolean last = written + FILE_BYTES >= bytes;
            long first = index - entries.size();
            WrittenSegment.write(
                    current, last ? "log_inprogress_" + first : "log_" + first + "-" + (index - 1), entries);
        }
    }
}
