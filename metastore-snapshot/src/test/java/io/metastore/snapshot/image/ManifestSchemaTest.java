package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Membership.Member;
import io.metastore.snapshot.image.Provenance.Kind;
import io.metastore.snapshot.internal.wire.SchemaFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the codec, which is written by hand, to image.proto, and both to the bytes shown in docs/image-format.md. */
class ManifestSchemaTest {

    private final FileDescriptor schema = SchemaFiles.describe("image.proto");

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {51, 52, 53})
    void codecAndSchemaReadEachOther(long seed) throws Exception {
        RandomManifests manifests = new RandomManifests(seed);
        for (int i = 0; i < 200; i++) {
            ImageManifest manifest = manifests.next();
            byte[] encoded = ManifestCodec.encode(manifest);
            DynamicMessage read = DynamicMessage.parseFrom(
                    schema.findMessageTypeByName("Manifest"),
                    Arrays.copyOfRange(encoded, ManifestCodec.BODY_AT, encoded.length - ManifestCodec.CHECKSUM_BYTES));
            SchemaFiles.checkKnown(read);
            assertThat(ManifestCodec.frame(ManifestCodec.VERSION, read.toByteArray()))
                    .as("seed %d", seed)
                    .isEqualTo(encoded);
        }
    }

    @Test
    void everyConstantHasItsNumber() {
        assertThat(schema.findEnumTypeByName("Kind").getValues()).hasSize(Kind.values().length + 1);
        for (Kind kind : Kind.values()) {
            assertThat(schema.findEnumTypeByName("Kind")
                            .findValueByName(kind.name())
                            .getNumber())
                    .isEqualTo(kind.number());
        }
        assertThat(schema.findEnumTypeByName("Role").getValues()).hasSize(MemberRole.values().length + 1);
        assertThat(schema.findEnumTypeByName("Role").findValueByName("VOTER").getNumber())
                .isEqualTo(1);
        assertThat(schema.findEnumTypeByName("Role").findValueByName("OBSERVER").getNumber())
                .isEqualTo(2);
    }

    @Test
    void fieldNumbersStayBelowSixteen() {
        schema.getMessageTypes().forEach(type -> type.getFields()
                .forEach(field ->
                        assertThat(field.getNumber()).as(field.getFullName()).isBetween(1, 15)));
    }

    /** These are the bytes in docs/image-format.md: whoever changes them changes the format. */
    @Test
    void bytesAreTheDocumentedOnes() throws IOException {
        assertThat(HexFormat.of().formatHex(ManifestCodec.encode(documented()))).isEqualTo(onThePage());
    }

    /** The example of the page. */
    private static ImageManifest documented() {
        return new ImageManifest(
                new UUID(1, 2),
                "main",
                1,
                new LogPosition(3, 41),
                new Revision(1, 7, new LogPosition(3, 40)),
                "000102030405060708090a0b0c0d0e0f",
                new Membership(
                        1,
                        true,
                        0,
                        List.of(
                                new Member("fe1", "h1:1", MemberRole.VOTER, Optional.of(new UUID(5, 6))),
                                new Member("fe2", "h2:1", MemberRole.OBSERVER, Optional.empty()))),
                Instant.ofEpochSecond(1_700_000_000, 5),
                new Provenance(Kind.IMPORTED, "a.msimage"),
                new Origin(
                        new UUID(3, 4),
                        2,
                        new LogPosition(3, 41),
                        new Revision(2, 7, new LogPosition(3, 40)),
                        Instant.ofEpochSecond(1_700_000_000, 0)),
                List.of(
                        new ImageFile("CURRENT", 16, "ab".repeat(32)),
                        new ImageFile("000009.sst", 1000, "cd".repeat(32))));
    }

    private static String onThePage() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("..", "docs", "image-format.md"));
        int start = lines.indexOf("Bytes of the manifest:") + 2;
        assertThat(start).isGreaterThan(1);
        StringBuilder hex = new StringBuilder();
        for (String line : lines.subList(start, lines.size())) {
            if (line.startsWith("```")) {
                break;
            }
            hex.append(line, 0, Math.min(line.length(), 48));
        }
        return hex.toString().replaceAll("[^0-9a-f]", "");
    }
}
