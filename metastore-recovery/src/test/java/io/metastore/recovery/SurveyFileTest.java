package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.recovery.journal.LoggedMembership.Peer;
import io.metastore.recovery.journal.TermRun;
import io.metastore.recovery.survey.Beginning;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyIdentity;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.JournalFacts;
import io.metastore.recovery.survey.KnownMembership;
import io.metastore.recovery.survey.StateFacts;
import io.metastore.recovery.survey.SurveyedImage;
import io.metastore.recovery.survey.VoteFacts;
import io.metastore.snapshot.files.MemberRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Surveys in files. */
class SurveyFileTest {
    private static final LogPosition POSITION = new LogPosition(3, 40);
    private static final Revision REVISION = new Revision(2, 39, POSITION);

    @TempDir
    Path temporary;

    private Path file;
    private final Survey survey = new Survey(List.of(full(), empty()));

    @BeforeEach
    void save() {
        file = temporary.resolve("survey.json");
        survey.save(file);
    }

    /** A copy with something in every field. */
    private static SurveyedCopy full() {
        Path path = Path.of("/data/meta");
        LoggedMembership members = new LoggedMembership(
                POSITION,
                List.of(new Peer("fe1@1", "fe1:9010"), new Peer("fe2@1", "fe2:9010")),
                List.of(new Peer("fe3@1", "")),
                List.of(new Peer("fe1@1", "fe1:9010")),
                List.of(new Peer("fe2@1", "fe2:9010")));
        return new SurveyedCopy(new CopyContents(
                new CopyOrigin(CopyOrigin.Kind.DIRECTORY, path, "host \"one\" \u00e4 <&>"),
                new CopyIdentity(
                        Optional.of(new UUID(1, 2)),
                        "main",
                        Optional.of(2L),
                        Optional.of("fe1"),
                        Optional.of(new UUID(3, 4)),
                        Optional.of(MemberRole.VOTER),
                        Optional.of("fe1:9010"),
                        List.of(new Beginning(2, new UUID(5, 6)))),
                new JournalFacts(
                        2,
                        123_456,
                        30,
                        11,
                        POSITION,
                        Long.MAX_VALUE,
                        List.of(new TermRun(2, 11), new TermRun(3, 20)),
                        39),
                new VoteFacts(4, "fe2@1"),
                Optional.of(new StateFacts(path.resolve("state"), POSITION, REVISION, "ab".repeat(16), true)),
                List.of(
                        new SurveyedImage(
                                path.resolve("image.40"),
                                Optional.of(new SurveyedImage.Contents(POSITION, REVISION, "cd".repeat(16), 77)),
                                Optional.empty(),
                                true),
                        new SurveyedImage(path.resolve("image.9"), Optional.empty(), Optional.of("broken"), false)),
                List.of(new KnownMembership(KnownMembership.Origin.JOURNAL, members)),
                List.of(new Finding(Finding.Kind.TORN_TAIL, path, "line\nanother"))));
    }

    private static SurveyedCopy empty() {
        return new SurveyedCopy(new CopyContents(
                new CopyOrigin(CopyOrigin.Kind.ARCHIVE, Path.of("/nowhere"), "/nowhere"),
                new CopyIdentity(
                        Optional.empty(),
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of()),
                JournalFacts.NONE,
                VoteFacts.UNKNOWN,
                Optional.empty(),
                List.of(),
                List.of(),
                List.of()));
    }

    @Test
    void whatIsSavedIsLoaded() throws IOException {
        assertThat(Survey.load(file)).isEqualTo(survey);
        new Survey(List.of()).save(file);
        assertThat(Survey.load(file).copies()).isEmpty();
        try (var names = Files.list(temporary)) {
            assertThat(names).as("nothing else is left").containsExactly(file);
        }
    }

    /** A build of before must not take it for a directory of this host. */
    @Test
    void oneOfAMemberIsOfALaterVersion() throws IOException {
        CopyContents contents = full().contents();
        Survey asked = new Survey(List.of(new SurveyedCopy(new CopyContents(
                new CopyOrigin(CopyOrigin.Kind.MEMBER, Path.of(""), "fe1", Optional.of("fe1:9010")),
                contents.identity(),
                contents.journal(),
                contents.vote(),
                contents.state(),
                contents.images(),
                contents.memberships(),
                List.of(new Finding(Finding.Kind.SILENT, Path.of(""), "did not answer"))))));
        asked.save(file);
        assertThat(Files.readString(file)).contains("\"version\": 2", "\"address\": \"fe1:9010\"");
        assertThat(Survey.load(file)).isEqualTo(asked);
        Files.writeString(file, Files.readString(file).replace("\"version\": 2", "\"version\": 1"));
        assertThatThrownBy(() -> Survey.load(file))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("at=/version expected: 2 found: 1");
    }

    @Test
    void mergingKeepsOrderAndTakesWhatIsInBothOnce() {
        Survey first = new Survey(List.of(full()));
        assertThat(first.merge(survey).copies()).containsExactly(full(), empty());
        assertThat(survey.merge(first)).isEqualTo(survey);
        assertThat(new Survey(List.of(empty())).merge(first).copies()).containsExactly(empty(), full());
    }

    @Test
    void mayBeLaidOutAnew() throws IOException {
        Files.writeString(file, Files.readString(file).replace("\n", " \n "));
        assertThat(Survey.load(file)).isEqualTo(survey);
    }

    @Test
    void changesOfAByteAreRefused() throws IOException {
        byte[] good = Files.readAllBytes(file);
        int refused = 0;
        for (int at = 0; at < good.length; at += 5) {
            if (!Character.isWhitespace(good[at])) { // Half of the file.
                byte[] bad = good.clone();
                bad[at] ^= 1;
                refused++;
                assertThat(refuses(bad)).as("byte %d", at).isTrue();
            }
        }
        assertThat(refused).isGreaterThan(300);
    }

    @Test
    void shorterFilesAreRefused() throws IOException {
        byte[] good = Files.readAllBytes(file);
        int end = new String(good, StandardCharsets.UTF_8).stripTrailing().getBytes(StandardCharsets.UTF_8).length;
        for (int length = end - 1; length >= 0; length -= 37) {
            assertThat(refuses(Arrays.copyOf(good, length)))
                    .as("length %d", length)
                    .isTrue();
        }
    }

    /** Otherwise it must be the same survey. */
    private boolean refuses(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        try {
            assertThat(Survey.load(file)).isEqualTo(survey);
            return false;
        } catch (CorruptStateException | DirectoryMismatchException e) {
            assertThat(e).hasMessageContaining(file.toString());
            return true;
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "format": "metastore-survey" | "format": "other"           | at=/format expected: metastore-survey found: other
            "version": 1                 | "version": 0                | at=/version expected: 1 to 2 found: 0
            "term": 4,                   | "term": "4",                | at=/survey/copies/0/vote/term expected: a whole number found: "4"
            "term": 4,                   | "term": 4, "more": 1,       | at=/survey/copies/0/vote expected: no further fields found: [more]
            "term": 4,                   | ~~                          | at=/survey/copies/0/vote/term expected: a value found: nothing
            "term": 4,                   | "term": 5,                  | at=/checksum expected:
            "kind": "TORN_TAIL"          | "kind": "TORN"              | at=/survey/copies/0/findings/0/kind expected: a valid value found: TORN
            "verified": true             | "verified": 1               | /verified expected: true or false found: 1
            "role": "voter"              | "role": "king"              | at=/survey/copies/0/identity/role expected: a valid value
            """)
    void saysWhatIsWrong(String from, String to, String message) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to == null ? "" : to));
        assertThatThrownBy(() -> Survey.load(file))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aNewerVersionIsNamed() throws IOException {
        Files.writeString(file, Files.readString(file).replace("\"version\": 1", "\"version\": 3"));
        assertThatThrownBy(() -> Survey.load(file))
                .isInstanceOf(DirectoryMismatchException.class)
                .hasMessageContaining("foundVersion=3 newestKnownVersion=2");
    }

    @Test
    void whereNothingCanBeReadOrWrittenItSaysSo() {
        assertThatThrownBy(() -> Survey.load(temporary.resolve("other")))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("other");
        assertThatThrownBy(() -> survey.save(temporary.resolve("no/such/file")))
                .isInstanceOf(DirectoryUnusableException.class);
    }
}
