package io.metastore.recovery.branch;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.LogPosition;
import io.metastore.recovery.branch.BranchEntries.Definitions;
import io.metastore.recovery.inspect.InspectedEntry;
import io.metastore.recovery.inspect.ValueReader;
import io.metastore.recovery.internal.json.JsonRecord;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.zip.CRC32C;

/** The file a branch is exported to: a line of JSON with what it is, one for each entry, one with the checksum; see {@code docs/branch-format.md}. */
final class BranchFile {
    private static final String FORMAT = "metastore-branch";
    private static final int VERSION = 1;

    private BranchFile() {}

    static void write(BranchFacts facts, BranchEntries entries, Path file) {
        List<String> lines = new ArrayList<>();
        entries.read(Definitions.NONE, (entry, repeated) -> lines.add(line(entry, repeated)));
        try {
            AtomicFile.replace(new DiskFileLayer(), file.toAbsolutePath(), content(facts, lines));
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "a branch cannot be written: file=" + file + " error=" + e
                            + "; choose another directory, or free space on its file system",
                    e);
        }
    }

    /** Of an entry, without its end. */
    static String line(InspectedEntry entry, boolean repeated) {
        return EntryJson.write(entry, repeated).compact();
    }

    /** All of a file. */
    static byte[] content(BranchFacts facts, List<String> lines) {
        StringBuilder text = new StringBuilder(header(facts).compact()).append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        JsonRecord end = new JsonRecord().with("entries", lines.size()).with("checksum", checksum(body, body.length));
        text.append(end.compact()).append('\n');
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonRecord header(BranchFacts facts) {
        return new JsonRecord()
                .with("format", FORMAT)
                .with("version", VERSION)
                .with("kind", facts.kind().name())
                .with("cluster", facts.cluster().toString())
                .with("epoch", facts.epoch())
                .with("member", facts.member())
                .with("recovery", facts.recovery().toString())
                .with("nextEpoch", facts.nextEpoch())
                .with("tip", position(facts.tip()))
                .with("first", position(facts.first()))
                .with("last", position(facts.last()))
                .with("entries", facts.entries())
                .with("transactions", facts.transactions())
                .with("changes", facts.changes())
                .with("exact", facts.exact())
                .with("damage", facts.damage(), Function.identity());
    }

    private static BranchFacts header(JsonRecord in) {
        return new BranchFacts(
                in.parsed("kind", BranchFacts.Kind::valueOf),
                in.parsed("cluster", UUID::fromString),
                in.number("epoch"),
                in.text("member"),
                in.parsed("recovery", UUID::fromString),
                in.number("nextEpoch"),
                in.record("tip", BranchFile::position),
                in.record("first", BranchFile::position),
                in.record("last", BranchFile::position),
                in.number("entries"),
                in.number("transactions"),
                in.number("changes"),
                in.truth("exact"),
                in.optional("damage", Function.identity()));
    }

    private static JsonRecord position(LogPosition position) {
        return new JsonRecord().with("term", position.term()).with("index", position.index());
    }

    private static LogPosition position(JsonRecord in) {
        return new LogPosition(in.number("term"), in.number("index"));
    }

    static Branch load(Path file) {
        Path absolute = file.toAbsolutePath();
        return new Branch(read(absolute).facts(), new FileEntries(absolute), Definitions.NONE);
    }

    /** The entries of a file, which is verified anew each time it is read. */
    private record FileEntries(Path file) implements BranchEntries {

        @Override
        public void read(Definitions definitions, Visitor visitor) {
            EntryJson json = new EntryJson(new ValueReader(definitions.tables(), definitions.commands()), file);
            List<EntryJson.Read> entries = new ArrayList<>();
            int line = 2;
            for (String each : BranchFile.read(file).entries()) {
                try {
                    JsonRecord in = JsonRecord.parse(each);
                    entries.add(json.read(in));
                    in.end();
                } catch (IllegalArgumentException e) {
                    throw damaged(file, "line=" + line + " " + e.getMessage(), e);
                }
                line++;
            }
            entries.forEach(each -> visitor.entry(each.entry(), each.repeated()));
        }

        @Override
        public String place() {
            return file.toString();
        }
    }

    private record Content(BranchFacts facts, List<String> entries) {}

    private static Content read(Path file) {
        byte[] bytes;
        try {
            bytes = new DiskFileLayer().read(file);
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "a branch cannot be read: file=" + file + " error=" + e + "; check the path and its permissions",
                    e);
        }
        try {
            return content(file, bytes);
        } catch (IllegalArgumentException e) {
            throw damaged(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static Content content(Path file, byte[] bytes) {
        int lastLine = bytes.length - 1;
        while (lastLine > 0 && bytes[lastLine - 1] != '\n') {
            lastLine--;
        }
        List<String> lines = List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", -1));
        if (lines.size() < 3 || !lines.get(lines.size() - 1).isEmpty()) {
            throw new IllegalArgumentException("expected: a last line with the checksum");
        }
        JsonRecord end = JsonRecord.parse(lines.get(lines.size() - 2));
        String expected = checksum(bytes, lastLine);
        String found = end.text("checksum");
        long count = end.number("entries");
        if (!found.equals(expected) || count != lines.size() - 3) {
            throw new IllegalArgumentException("expected: checksum=" + expected + " entries=" + (lines.size() - 3)
                    + " found: checksum=" + found + " entries=" + count);
        }
        JsonRecord first = JsonRecord.parse(lines.get(0));
        String format = first.text("format");
        if (!format.equals(FORMAT)) {
            throw new IllegalArgumentException("at=/format expected: " + FORMAT + " found: " + format);
        }
        long version = first.number("version");
        if (version > VERSION) {
            throw new DirectoryMismatchException("a branch was written by a newer version of this library: file=" + file
                    + " foundVersion=" + version + " newestKnownVersion=" + VERSION
                    + "; load it with the newer version, or export it again with this one");
        }
        end.end();
        BranchFacts facts = header(first);
        first.end();
        return new Content(facts, lines.subList(1, lines.size() - 2));
    }

    private static String checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return Long.toHexString(checksum.getValue() | 1L << 32).substring(1);
    }

    private static CorruptStateException damaged(Path file, String what, Throwable cause) {
        return new CorruptStateException(
                "a file is no branch as it was exported: file=" + file + " " + what
                        + "; export it again where the directory is, or copy the file anew",
                cause);
    }
}
