package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal at rest that ends before an image of another member is given up for it; what may be nowhere else is kept. */
class JournalCutTest {

    /** What the entries say is committed. The first entry, at 0, is Ratis' own. */
    private static final int PROVEN = 3;

    private static final int ENTRIES = 9;
    private static final String PADDING = ":" + "x".repeat(240 << 10);

    private Path root;
    private TestGroup group;
    private long term;

    /** A journal of several files, of a member alone that has been closed. */
    @BeforeEach
    void write(@TempDir Path temporary) throws Exception {
        root = temporary;
        group = new TestGroup(root, "a").adjusted(Fill.SMALL_FILES);
        TestMember member = group.start("a");
        group.awaitLeader();
        for (int i = 1; i <= ENTRIES; i++) {
            member.put(entry(i));
        }
        term = member.engine.currentTerm();
        member.close();
        assertThat(journal().segments().list()).hasSizeGreaterThan(2);
    }

    private static String entry(int index) {
        return Math.min(PROVEN, index - 1) + ":" + index + PADDING;
    }

    private static long hintOf(ByteBuffer entry) {
        String text = StandardCharsets.UTF_8.decode(entry.duplicate()).toString();
        return Long.parseLong(text.substring(0, text.indexOf(':')));
    }

    private JournalDirectory journal() {
        return group.journal("a");
    }

    private JournalExtent cut(FileLayer layer, LogPosition image) throws IOException {
        RatisSettings settings = group.settings("a");
        JournalDirectory directory = new JournalDirectory(layer, settings.directory(), settings.group());
        return new JournalCut(directory, settings.limits(), JournalCutTest::hintOf).run(image);
    }

    private static List<String> unproven() {
        return IntStream.rangeClosed(PROVEN + 1, ENTRIES)
                .mapToObj(JournalCutTest::entry)
                .toList();
    }

    private String about() throws IOException {
        Path kept = journal().group().resolve("overwritten/" + term + "." + (PROVEN + 1) + "-" + term + "." + ENTRIES);
        return Files.readString(kept.resolve("about"));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(journal().group())) {
            List<String> found = new ArrayList<>();
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                found.add(file + " " + Files.size(file));
            }
            return found;
        }
    }

    @Test
    void whatIsNotKnownToBeCommittedIsKeptAndTheJournalGoesOnBehindTheImage() throws Exception {
        LogPosition image = new LogPosition(term + 1, 50);
        // when
        JournalExtent extent = cut(new DiskFileLayer(), image);
        // then
        assertThat(extent.image()).isEqualTo(image);
        assertThat(extent).isEqualTo(journal().extent());
        assertThat(KeptEntries.of(group, "a")).isEqualTo(unproven());
        assertThat(about())
                .contains("before=" + term + ":" + PROVEN + "\n")
                .contains("leader=-\n")
                .contains("by=" + (term + 1) + ":50\n");
        // when: it is being cut to one already
        List<String> before = files();
        assertThat(cut(new DiskFileLayer(), new LogPosition(term + 2, 60)).image())
                .isEqualTo(image);
        assertThat(files()).isEqualTo(before);
        // when
        RecordingConsumer consumer = new RecordingConsumer(image);
        try (TestMember again = group.create("a", consumer).start()) {
            await().until(again.engine::leaderReady);
            // then
            assertThat(again.engine.firstIndex()).isEqualTo(image.index() + 1);
            assertThat(again.put("0:next")).isEqualTo("applied 0:next");
            assertThat(consumer.applied()).containsExactly("0:next");
            assertThat(KeptEntries.of(group, "a")).isEqualTo(unproven());
        }
    }

    /** All of a term is of one leader, whose journal only grew. */
    @Test
    void nothingIsKeptOfWhatIsInTheImage() throws Exception {
        LogPosition image = new LogPosition(term, 50);
        assertThat(cut(new DiskFileLayer(), image).image()).isEqualTo(image);
        assertThat(KeptEntries.of(group, "a")).isEmpty();
    }

    @Test
    void aJournalThatReachesToTheImageStays() throws Exception {
        List<String> before = files();
        for (int index = 0; index <= ENTRIES; index++) {
            assertThat(cut(new DiskFileLayer(), new LogPosition(term + 1, index)))
                    .isEqualTo(journal().extent());
        }
        assertThat(files()).isEqualTo(before);
        // when: one more is missing
        assertThat(cut(new DiskFileLayer(), new LogPosition(term + 1, ENTRIES + 1))
                        .image())
                .isNotNull();
    }

    @Test
    void whereverItIsCutOffTheEntriesAreInTheJournalOrKept() throws Exception {
        LogPosition image = new LogPosition(term + 1, 50);
        JournalExtent before = journal().extent();
        int changes = 0;
        StoppingLayer layer;
        do {
            layer = new StoppingLayer();
            layer.arm(changes++);
            try {
                cut(layer, image);
            } catch (IOException e) {
                assertThat(layer.fired()).as(String.valueOf(e)).isTrue();
            }
            JournalExtent now = journal().extent();
            if (now.image() == null) {
                assertThat(now).isEqualTo(before);
            } else {
                assertThat(KeptEntries.of(group, "a")).as("changes=%s", changes).isEqualTo(unproven());
            }
        } while (layer.fired());
        assertThat(journal().extent().image()).isEqualTo(image);
        assertThat(changes).as("file operations").isGreaterThan(8);
    }
}
