package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How a promise is written, in the oldest version that has what there is. */
class SealFileTest {
    private static final Path FILE = Path.of("SEAL");
    private static final UUID CLUSTER = new UUID(1, 2);
    private static final Seal PLAIN = new Seal(
            new UUID(3, 4), 1, 2, Seal.State.SEALED, new LogPosition(5, 6), Instant.parse("2026-01-02T03:04:05Z"));

    private static void check(Seal seal, int version) {
        byte[] bytes = RecoveryFiles.seal(CLUSTER, seal);
        assertThat(RecoveryFiles.readSeal(FILE, bytes, CLUSTER)).isEqualTo(seal);
        assertThat(new String(bytes, StandardCharsets.US_ASCII)).startsWith("format=metastore-seal/" + version + "\n");
    }

    @Test
    void isReadAsWritten() {
        Seal readmitting = PLAIN.readmitting(Optional.of("[::1]:9010"));
        check(PLAIN, 1);
        check(readmitting, 2);
    }

    @Test
    void nobodyComesBackByAPromiseThatWasTakenBack() {
        Seal lifted = PLAIN.readmitting(Optional.of("fe1:9010")).lifted(PLAIN.since());

        assertThat(lifted.readmission()).isEmpty();
        check(lifted, 1);
    }
}
