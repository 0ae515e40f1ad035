package io.metastore.raft.internal.ratis;

import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What was cut off a journal and is kept beside it. */
final class KeptEntries {
    private KeptEntries() {}

    /** The entries beside a member's journal, which has them all in one place. */
    static List<String> of(TestGroup group, String member) throws IOException {
        Path overwritten = group.journal(member).group().resolve("overwritten");
        if (!Files.exists(overwritten)) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        try (Stream<Path> places = Files.list(overwritten)) {
            SegmentFiles files = new SegmentFiles(
                    new DiskFileLayer(), places.reduce((one, other) -> other).orElseThrow());
            JournalReader.read(
                    files.list().get(0),
                    group.settings(member).limits(),
                    entry -> found.add(
                            entry.getStateMachineLogEntry().getLogData().toStringUtf8()));
        }
        return found;
    }
}
