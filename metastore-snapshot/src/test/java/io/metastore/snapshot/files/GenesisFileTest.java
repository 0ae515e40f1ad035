package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How an epoch's beginning is written, and what earlier builds wrote. */
class GenesisFileTest {
    private static final Path FILE = Path.of("GENESIS");
    private static final UUID CLUSTER = new UUID(1, 2);

    @Test
    void isReadAsWritten() {
        Genesis genesis = genesis(List.of(new LogPosition(1, 4), new LogPosition(3, 9)));

        byte[] bytes = RecoveryFiles.genesis(CLUSTER, genesis);

        assertThat(new String(bytes, StandardCharsets.US_ASCII)).contains("terms=1:4,3:9\n");
        assertThat(RecoveryFiles.readGenesis(FILE, bytes, CLUSTER)).isEqualTo(genesis);
        Genesis none = genesis(List.of());
        assertThat(RecoveryFiles.readGenesis(FILE, RecoveryFiles.genesis(CLUSTER, none), CLUSTER))
                .isEqualTo(none);
    }

    @Test
    void earlierBuildsDidNotNoteTerms() {
        byte[] bytes = new FactText("metastore-genesis", 1)
                .with("cluster", CLUSTER)
                .with("recovery", new UUID(3, 4))
                .with("epoch", 2)
                .with("previous", 1)
                .with("tip", "3:12")
                .withText("member", "fe1@1")
                .with("created", Instant.EPOCH)
                .withText("by", "ann")
                .withText("why", "fire")
                .withText("verdict", "PROVEN_NONE")
                .withText("plan", "0")
                .withTexts("sealed", List.of("fe2@1"))
                .withTexts("missing", List.of())
                .bytes();

        assertThat(RecoveryFiles.readGenesis(FILE, bytes, CLUSTER)).isEqualTo(genesis(List.of()));
    }

    @Test
    void termsThatAreNoneAreDamage() {
        byte[] bytes = RecoveryFiles.genesis(CLUSTER, genesis(List.of(new LogPosition(1, 4))));
        String body = new String(bytes, StandardCharsets.US_ASCII).replace("terms=1:4", "terms=1-4");
        String changed = body.substring(0, body.indexOf("checksum="));

        byte[] bad = (changed + FactText.checksumLine(changed.getBytes(StandardCharsets.US_ASCII)))
                .getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> RecoveryFiles.readGenesis(FILE, bad, CLUSTER))
                .isInstanceOf(CorruptStateException.class);
    }

    @Test
    void keepsTheNewestTerms() {
        List<LogPosition> many = LongStream.rangeClosed(1, Genesis.TERMS_MAX + 5)
                .mapToObj(term -> new LogPosition(term, term))
                .toList();

        assertThat(genesis(many).terms())
                .hasSize(Genesis.TERMS_MAX)
                .startsWith(new LogPosition(6, 6))
                .endsWith(many.get(many.size() - 1));
    }

    /** What a build of before can read is written as it wrote it. */
    @Test
    void membersThatAreLetInAgainAreNoted() {
        List<Membership.Member> members = List.of(
                new Membership.Member("fe2", "10.0.0.2:9010", MemberRole.VOTER, Optional.of(new UUID(7, 8))),
                new Membership.Member("fe3", "10.0.0.3:9010", MemberRole.OBSERVER, Optional.empty()));
        Genesis genesis = genesis(List.of(new LogPosition(1, 4)), members);

        byte[] bytes = RecoveryFiles.genesis(CLUSTER, genesis);

        assertThat(new String(bytes, StandardCharsets.US_ASCII))
                .startsWith("format=metastore-genesis/3\n")
                .contains("fe3 10.0.0.3:9010 observer unknown");
        assertThat(RecoveryFiles.readGenesis(FILE, bytes, CLUSTER)).isEqualTo(genesis);
        assertThat(new String(RecoveryFiles.genesis(CLUSTER, genesis(List.of())), StandardCharsets.US_ASCII))
                .startsWith("format=metastore-genesis/2\n")
                .doesNotContain("readmitted");
    }

    private static Genesis genesis(List<LogPosition> terms) {
        return genesis(terms, List.of());
    }

    private static Genesis genesis(List<LogPosition> terms, List<Membership.Member> readmitted) {
        return new Genesis(
                new UUID(3, 4),
                2,
                1,
                new LogPosition(3, 12),
                "fe1@1",
                Instant.EPOCH,
                "ann",
                "fire",
                "PROVEN_NONE",
                "0",
                List.of("fe2@1"),
                List.of(),
                terms,
                readmitted);
    }
}
