package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal is looked at before Ratis opens it: what its files cannot be after any crash is refused, and nothing is changed. */
class JournalDamageTest {
    private static final int HEADER = SegmentBytes.HEADER.length;

    /** Does something to the bytes of a file; null deletes it. */
    private interface Damage {
        byte @Nullable [] of(byte[] bytes);
    }

    private record Kind(String name, Damage damage, String found) {}

    private static final List<Kind> OF_CLOSED = List.of(
            new Kind("zeroed", bytes -> new byte[bytes.length], "expected: a header"),
            new Kind("header zeroed", bytes -> zeroed(bytes, 0, HEADER), "expected: a header"),
            new Kind("part of the header zeroed", bytes -> zeroed(bytes, 3, HEADER), "expected: a header"),
            new Kind("header of something else", bytes -> changed(bytes, 0), "expected: a header"),
            new Kind("no bytes", bytes -> new byte[0], "expected: a header"),
            new Kind("part of a header", bytes -> Arrays.copyOf(bytes, 5), "expected: a header"),
            new Kind("nothing but a header", bytes -> Arrays.copyOf(bytes, HEADER), "found: none"),
            new Kind("zeros behind the header", bytes -> zeroed(bytes, HEADER, bytes.length), "found: none"),
            new Kind("cut in the length", bytes -> Arrays.copyOf(bytes, HEADER + 1), "expected: entry"),
            new Kind("cut in the first entry", bytes -> Arrays.copyOf(bytes, HEADER + 10), "an end within it"));

    private static final List<Kind> OF_OPEN = List.of(
            new Kind("first block zeroed", bytes -> zeroed(bytes, 0, 4096), "expected: a header"),
            new Kind("header zeroed", bytes -> zeroed(bytes, 0, HEADER), "expected: a header"),
            new Kind("header of something else", bytes -> changed(bytes, 0), "expected: a header"),
            new Kind(
                    "more zeros than are laid out at a time",
                    bytes -> new byte[(int) SegmentBytes.PREALLOCATED_MAX + 1],
                    "expected: a header"));

    /** Of the file that is being written. */
    private static final List<Kind> AFTER_CRASH = List.of(
            new Kind("no bytes", bytes -> new byte[0], ""),
            new Kind("laid out", bytes -> new byte[1 << 20], ""),
            new Kind("part of a header", bytes -> Arrays.copyOf(bytes, 5), ""),
            new Kind("part of a header, laid out", bytes -> zeroed(bytes, 5, bytes.length), ""),
            new Kind("header", bytes -> Arrays.copyOf(bytes, HEADER), ""),
            new Kind("header, laid out", bytes -> zeroed(bytes, HEADER, bytes.length), ""),
            new Kind("cut in the first entry", bytes -> Arrays.copyOf(bytes, HEADER + 10), ""),
            new Kind("not begun", bytes -> null, ""));

    private static byte[] zeroed(byte[] bytes, int from, int to) {
        byte[] changed = bytes.clone();
        Arrays.fill(changed, from, to, (byte) 0);
        return changed;
    }

    private static byte[] changed(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        changed[at] ^= 1;
        return changed;
    }

    /** Several files, of which the last is being written; nobody has it open. */
    private static RecordingConsumer.Image written(TestGroup group) throws Exception {
        TestMember member = group.startAll().awaitLeader();
        Fill.put(member, 0, 14);
        RecordingConsumer.Image image = member.consumer.image();
        member.close();
        assertThat(segments(group)).hasSizeGreaterThan(3);
        assertThat(open(group).isOpen()).isTrue();
        return image;
    }

    private static List<SegmentFiles.Segment> segments(TestGroup group) throws IOException {
        return group.journal("a").segments().list();
    }

    private static SegmentFiles.Segment open(TestGroup group) throws IOException {
        List<SegmentFiles.Segment> all = segments(group);
        return all.get(all.size() - 1);
    }

    private static TestGroup one(Path root) {
        return new TestGroup(root, "a").adjusted(Fill.SMALL_FILES);
    }

    private static void assertRefused(TestGroup group, RecordingConsumer.Image state, String as, String... facts)
            throws IOException {
        Map<String, String> before = photo(group);
        TestMember member = group.create("a", new RecordingConsumer(state));
        assertThatThrownBy(member::start)
                .as(as)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.kind()).as(as).isEqualTo(EngineException.Kind.JOURNAL_INCOMPLETE))
                .hasMessageContainingAll(facts);
        member.close();
        assertThat(photo(group)).as(as).isEqualTo(before);
    }

    private static Map<String, String> photo(TestGroup group) throws IOException {
        Map<String, String> photo = new TreeMap<>();
        try (Stream<Path> found = Files.walk(group.journal("a").group())) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                photo.put(file.toString(), Files.size(file) + " " + Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return photo;
    }

    private static void write(Path file, byte @Nullable [] bytes) throws IOException {
        if (bytes == null) {
            Files.deleteIfExists(file);
        } else {
            Files.write(file, bytes);
        }
    }

    @Test
    void whatNoCrashLeavesIsRefusedAndNamed(@TempDir Path root) throws Exception {
        try (TestGroup group = one(root)) {
            RecordingConsumer.Image state = written(group);
            List<SegmentFiles.Segment> all = segments(group);
            for (SegmentFiles.Segment segment : all) {
                byte[] sound = Files.readAllBytes(segment.path());
                List<Kind> kinds = new ArrayList<>(segment.isOpen() ? OF_OPEN : OF_CLOSED);
                byte[] other = Files.readAllBytes(
                        all.get(segment.equals(all.get(1)) ? 2 : 1).path());
                kinds.add(new Kind("another file's", bytes -> other, "expected: entry " + segment.first()));
                for (Kind kind : kinds) {
                    write(segment.path(), kind.damage().of(sound));
                    assertRefused(
                            group,
                            state,
                            kind.name() + " " + segment,
                            "fit=DAMAGED",
                            segment.path().toString(),
                            kind.found());
                }
                Files.write(segment.path(), sound);
            }
            group.create("a", new RecordingConsumer(state)).start();
            group.awaitLeader();
        }
    }

    /** The state is older than the file that was being written, and the journal goes on. */
    @Test
    void whatACrashLeavesIsGoneOnWith(@TempDir Path root) throws Exception {
        try (TestGroup group = one(root)) {
            written(group);
            SegmentFiles.Segment open = open(group);
            byte[] sound = Files.readAllBytes(open.path());
            for (Kind kind : AFTER_CRASH) {
                SegmentHeads heads = new SegmentHeads(new DiskFileLayer());
                write(open.path(), kind.damage().of(sound));
                assertThat(heads.damage(segments(group))).as(kind.name()).isNull();
                TestMember member = group.start("a");
                group.awaitLeader();
                assertThat(member.consumer.applied()).as(kind.name()).hasSizeGreaterThan(3);
                assertThat(member.put(kind.name())).startsWith("applied");
                member.close();
                for (SegmentFiles.Segment begun : segments(group)) { // By the next leader.
                    if (begun.first() >= open.first()) {
                        Files.delete(begun.path());
                    }
                }
                Files.delete(group.journal("a").entries().resolve(RatisFiles.CONFIGURATION));
            }
        }
    }

    /** Nothing but the configuration, which every start of a lone member writes down in a term of its own, tells that there was more. */
    @Test
    void theConfigurationRemembersWhatTheJournalHasLost(@TempDir Path root) throws Exception {
        try (TestGroup group = one(root)) {
            RecordingConsumer.Image state = written(group);
            TestMember again = group.create("a", new RecordingConsumer(state)).start();
            group.awaitLeader();
            again.put("acknowledged");
            again.close();
            SegmentFiles.Segment open = open(group);
            assertThat(open.first()).isEqualTo(state.position().index() + 1);
            byte[] sound = Files.readAllBytes(open.path());
            for (Kind kind : AFTER_CRASH) {
                write(open.path(), kind.damage().of(sound));
                assertRefused(
                        group,
                        state,
                        kind.name(),
                        "fit=ENDS_TOO_EARLY",
                        "configuration=",
                        "missing=Hole[first=" + open.first() + ", last=" + open.first() + "]");
            }
            Files.write(open.path(), sound);
            TestMember whole = group.create("a", new RecordingConsumer(state)).start();
            group.awaitLeader();
            assertThat(whole.consumer.applied()).contains("acknowledged");
        }
    }

    /** Beside the entries Ratis keeps the term it is in and the vote it gave in it; it believes whatever is there. */
    @Test
    void aTermAndVoteThatAreNotWhatWasWrittenAreRefused(@TempDir Path root) throws Exception {
        try (TestGroup group = one(root)) {
            RecordingConsumer.Image state = written(group);
            Path file = group.journal("a").entries().resolve(RatisFiles.TERM_AND_VOTE);
            byte[] sound = Files.readAllBytes(file);
            WrittenVote vote = WrittenVote.parse(sound);
            assertThat(vote).isEqualTo(new WrittenVote(state.position().term(), "a"));
            byte[] flipped = sound.clone();
            flipped["term=".length()] ^= 2;
            Files.write(file, flipped);
            assertRefused(
                    group, state, "another term", "fit=DAMAGED", "term and vote are damaged", "expectedChecksum=");
            Files.write(file, Arrays.copyOf(sound, 10));
            assertRefused(group, state, "cut off", "fit=DAMAGED", "term and vote are damaged");
            Files.delete(file);
            assertRefused(group, state, "missing", "fit=DAMAGED", "termAndVote=missing");
            Files.write(file, WrittenVote.nobody(vote.term() - 1).bytes());
            TestMember older = group.create("a", new RecordingConsumer(state));
            assertThatThrownBy(older::start)
                    .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.kind())
                            .isEqualTo(EngineException.Kind.JOURNAL_INCOMPLETE))
                    .hasMessageContainingAll("fit=CONTRADICTS", "termAndVote=" + WrittenVote.nobody(vote.term() - 1));
            older.close();
            Files.write(file, sound);
            group.create("a", new RecordingConsumer(state)).start();
            group.awaitLeader();
        }
    }
}
