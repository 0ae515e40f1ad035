package io.metastore.snapshot.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.metastore.api.LogPosition;
import io.metastore.snapshot.internal.wire.SchemaFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the codec, which is written by hand, to journal.proto, and both to the bytes shown in docs/journal-format.md. */
class JournalSchemaTest {

    private final FileDescriptor schema = SchemaFiles.describe("journal.proto");

    private DynamicMessage parse(String message, byte[] framed) throws Exception {
        Descriptor type = schema.findMessageTypeByName(message);
        DynamicMessage parsed = DynamicMessage.parseFrom(type, Arrays.copyOfRange(framed, Frame.BYTES, framed.length));
        SchemaFiles.checkKnown(parsed);
        return parsed;
    }

    private static byte[] framed(char kind, Message message) {
        byte[] body = message.toByteArray();
        CRC32C crc = new CRC32C();
        crc.update(body);
        return ByteBuffer.allocate(Frame.BYTES + body.length)
                .put(new byte[] {'M', 'S', (byte) kind, 1})
                .putInt((int) crc.getValue())
                .put(body)
                .array();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22, 23})
    void codecAndSchemaReadEachOther(long seed) throws Exception {
        RandomValues values = new RandomValues(new Random(seed), 70_000);
        for (int i = 0; i < 200; i++) {
            JournalBatch batch = values.batch();
            byte[] encoded = JournalCodec.encodeBatch(batch);
            DynamicMessage read = parse("Batch", encoded);
            assertThat(JournalCodec.encodeBatch(JournalCodec.decodeBatch(framed('B', read))))
                    .as("seed %d", seed)
                    .isEqualTo(encoded);

            BatchOutcome outcome = values.outcome();
            byte[] encodedOutcome = JournalCodec.encodeOutcome(outcome);
            DynamicMessage readOutcome = parse("Outcome", encodedOutcome);
            assertThat(JournalCodec.encodeOutcome(JournalCodec.decodeOutcome(framed('O', readOutcome))))
                    .as("seed %d", seed)
                    .isEqualTo(encodedOutcome);

            DynamicMessage readEntry = parse("Entry", JournalCodec.encodeEntry(i, i - 1, encoded));
            JournalEntry entry = JournalCodec.decodeEntry(ByteBuffer.wrap(framed('E', readEntry)));
            assertThat(entry.leaderTimeMillis()).isEqualTo(i);
            assertThat(entry.commitIndex()).isEqualTo(i - 1);
            assertThat(JournalCodec.encodeBatch(entry.batch())).isEqualTo(encoded);
        }
    }

    @Test
    void everyConstantHasItsNumber() {
        Map<String, Enum<?>[]> enums = Map.of(
                "Status", BatchOutcome.Status.values(),
                "Code", TransactionResult.Code.values(),
                "Answer", TransactionResult.Answer.values());
        enums.forEach((name, constants) -> {
            var described = schema.findEnumTypeByName(name);
            assertThat(described.getValues()).hasSize(constants.length + 1);
            for (Enum<?> constant : constants) {
                assertThat(described.findValueByName(constant.name()).getNumber())
                        .isEqualTo(OutcomeCodec.wireOf(constant));
            }
        });
    }

    @Test
    void fieldNumbersStayBelowSixteen() {
        schema.getMessageTypes().forEach(type -> type.getFields()
                .forEach(field ->
                        assertThat(field.getNumber()).as(field.getFullName()).isBetween(1, 15)));
    }

    /** These are the bytes in docs/journal-format.md: whoever changes them changes the format. */
    @Test
    void bytesAreTheDocumentedOnes() {
        JournalBatch batch = new JournalBatch(
                new UUID(1, 2),
                3,
                List.of(new JournalTransaction.Changes(
                        -1,
                        List.of(),
                        List.of(new JournalOp.Put(1, new byte[] {'k'}, 1, new byte[] {'v'})),
                        List.of())));
        byte[] encoded = JournalCodec.encodeBatch(batch);
        assertThat(HexFormat.of().formatHex(encoded)).isEqualTo(documented("batch"));
        assertThat(HexFormat.of().formatHex(JournalCodec.encodeEntry(1_700_000_000_000L, 41, encoded)))
                .isEqualTo(documented("entry"));
        BatchOutcome outcome = new BatchOutcome(
                new UUID(1, 2),
                3,
                BatchOutcome.Status.APPLIED,
                1,
                new LogPosition(2, 42),
                List.of(new TransactionResult.Applied(7, true, true, new long[] {1})));
        assertThat(HexFormat.of().formatHex(JournalCodec.encodeOutcome(outcome)))
                .isEqualTo(documented("outcome"));
        BatchOutcome answer = new BatchOutcome(
                new UUID(1, 2),
                4,
                BatchOutcome.Status.APPLIED,
                1,
                new LogPosition(2, 50),
                List.of(new TransactionResult.Resolved(TransactionResult.Answer.COMMITTED, 7, new LogPosition(2, 42))));
        assertThat(HexFormat.of().formatHex(JournalCodec.encodeOutcome(answer))).isEqualTo(documented("answer"));
    }

    /** The hexadecimal digits of the code block that follows the line {@code bytes of the <what>}. */
    private static String documented(String what) {
        try {
            List<String> lines = Files.readAllLines(Path.of("..", "docs", "journal-format.md"));
            int start = lines.indexOf("Bytes of the " + what + ":") + 2;
            assertThat(start).as(what).isGreaterThan(1);
            StringBuilder hex = new StringBuilder();
            for (String line : lines.subList(start, lines.size())) {
                if (line.startsWith("```")) {
                    break;
                }
                hex.append(line, 0, Math.min(line.length(), 48));
            }
            return hex.toString().replaceAll("[^0-9a-f]", "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
