package io.metastore.recovery.internal.survey;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.VoteFacts;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoteReaderTest {
    private static final VoteFacts SOUND = new VoteFacts(7, "fe1@3e7e47a4-2114-417b-b926-8a47fdd1f423");
    private static final String LINES = "term=7\nvotedFor=fe1@3e7e47a4-2114-417b-b926-8a47fdd1f423\n";

    /** Of {@link #LINES}, by another program. */
    private static final String CHECKSUM = "checksum=ef7d5cc5\n";

    private Path current;

    @Test
    void everyFlippedBitIsNamedOrOfNoConsequence(@TempDir Path directory) throws IOException {
        current = directory;
        byte[] written = (LINES + CHECKSUM).getBytes(StandardCharsets.US_ASCII);
        assertThat(read(written)).isEqualTo(SOUND);
        int named = 0;
        for (int bit = 0; bit < 8 * written.length; bit++) {
            byte[] flipped = written.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            VoteFacts found = read(flipped);
            assertThat(found).as("bit %d", bit).isIn(SOUND, VoteFacts.UNKNOWN);
            named += found.equals(SOUND) ? 0 : 1;
        }
        assertThat(named).isGreaterThan(4 * LINES.length());
    }

    @Test
    void aBeginningOfTheFileIsNamedOrSaysTheSame(@TempDir Path directory) throws IOException {
        current = directory;
        byte[] written = (LINES + CHECKSUM).getBytes(StandardCharsets.US_ASCII);
        for (int length = 0; length < written.length; length++) {
            assertThat(read(Arrays.copyOf(written, length)))
                    .as("the first %d of %d bytes", length, written.length)
                    .isEqualTo(length == LINES.length() ? SOUND : VoteFacts.UNKNOWN);
        }
    }

    @Test
    void aNewJournalsFirstHasNoChecksum(@TempDir Path directory) throws IOException {
        current = directory;
        assertThat(read(LINES.getBytes(StandardCharsets.US_ASCII))).isEqualTo(SOUND);
        assertThat(read("term=0\nvotedFor=\n".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(new VoteFacts(0, ""));
    }

    /** What is found; nothing is unknown without a finding that says so. */
    private VoteFacts read(byte[] bytes) throws IOException {
        Files.write(current.resolve("raft-meta"), bytes);
        Findings findings = new Findings();
        VoteFacts facts = VoteReader.read(new DiskFileLayer(), current, findings);
        assertThat(findings.list()).hasSize(facts.equals(VoteFacts.UNKNOWN) ? 1 : 0);
        assertThat(findings.list()).allSatisfy(each -> assertThat(each.kind()).isEqualTo(Finding.Kind.VOTE));
        return facts;
    }
}
