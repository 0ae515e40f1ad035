package io.metastore.snapshot.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalCodecTest {

    private static final UUID SESSION = new UUID(0x0102030405060708L, 0x1112131415161718L);

    private static JournalBatch onePut() {
        return new JournalBatch(
                SESSION,
                1,
                List.of(new JournalTransaction.Changes(
                        -1,
                        List.of(new JournalCheck.Absent(1, new byte[] {'k'})),
                        List.of(new JournalOp.Put(1, new byte[] {'k'}, 1, new byte[] {'v'})),
                        List.of())));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whatIsDecodedIsWhatWasEncoded(long seed) {
        RandomValues values = new RandomValues(new Random(seed), 300);
        for (int i = 0; i < 20; i++) { // Comparing by components is slow.
            JournalBatch batch = values.batch();
            byte[] encoded = JournalCodec.encodeBatch(batch);
            assertThat(JournalCodec.decodeBatch(encoded))
                    .usingRecursiveComparison()
                    .isEqualTo(batch);

            ByteBuffer entry = ByteBuffer.wrap(JournalCodec.encodeEntry(i, i - 1, encoded));
            assertThat(JournalCodec.decodeEntry(entry))
                    .usingRecursiveComparison()
                    .isEqualTo(new JournalEntry(i, i - 1, batch));
            assertThat(JournalCodec.commitIndexOf(entry)).isEqualTo(i - 1);
            assertThat(entry.position()).isZero();

            BatchOutcome outcome = values.outcome();
            assertThat(JournalCodec.decodeOutcome(JournalCodec.encodeOutcome(outcome)))
                    .as("seed %d", seed)
                    .usingRecursiveComparison()
                    .isEqualTo(outcome);
        }
    }

    @Test
    void readsEveryKindOfBuffer() {
        byte[] entry = JournalCodec.encodeEntry(5, 6, JournalCodec.encodeBatch(onePut()));
        ByteBuffer direct = ByteBuffer.allocateDirect(entry.length + 6)
                .position(3)
                .put(entry)
                .flip()
                .position(3);
        ByteBuffer shifted = ByteBuffer.allocate(entry.length + 9)
                .position(4)
                .put(entry)
                .flip()
                .position(4);
        for (ByteBuffer buffer :
                List.of(direct, shifted, shifted.slice(), shifted.asReadOnlyBuffer(), direct.asReadOnlyBuffer())) {
            assertThat(JournalCodec.decodeEntry(buffer))
                    .usingRecursiveComparison()
                    .isEqualTo(new JournalEntry(5, 6, onePut()));
            assertThat(JournalCodec.commitIndexOf(buffer)).isEqualTo(6);
        }
    }

    @Test
    void theCommitIndexOfLargeNumbersIsReadFromTheBeginningAlone() {
        byte[] batch = JournalCodec.encodeBatch(onePut());
        for (long commitIndex : new long[] {-1, 0, 1, Integer.MAX_VALUE, Long.MAX_VALUE}) {
            for (long time : new long[] {0, 1, Long.MAX_VALUE, -1}) {
                byte[] entry = JournalCodec.encodeEntry(time, commitIndex, batch);
                assertThat(JournalCodec.commitIndexOf(ByteBuffer.wrap(entry))).isEqualTo(commitIndex);
            }
        }
    }

    @Test
    void theCommitIndexOfSomethingElseIsRefused() {
        byte[] batch = JournalCodec.encodeBatch(onePut());
        byte[] newer = JournalCodec.encodeEntry(5, 6, batch);
        newer[3]++;
        byte[] withoutTime = JournalCodec.encodeEntry(5, 6, batch);
        withoutTime[8] = 2 << 3;
        for (byte[] other : List.of(batch, newer, withoutTime, new byte[0], Arrays.copyOf(newer, 9))) {
            assertThatThrownBy(() -> JournalCodec.commitIndexOf(ByteBuffer.wrap(other)))
                    .isInstanceOf(UndecodableEntryException.class);
        }
    }

    @Test
    void sizeOfATransactionIsExact() {
        RandomValues values = new RandomValues(new Random(9), 70_000);
        int empty = JournalCodec.encodeBatch(new JournalBatch(SESSION, 1, List.of())).length;
        for (int i = 0; i < 300; i++) {
            JournalTransaction transaction = values.transaction();
            int with = JournalCodec.encodeBatch(new JournalBatch(SESSION, 1, List.of(transaction))).length;
            assertThat(JournalCodec.encodedSize(transaction)).isEqualTo(with - empty);
        }
    }

    @Test
    void everyTruncationIsATypedError() {
        byte[] entry = JournalCodec.encodeEntry(1_700_000_000_000L, 41, JournalCodec.encodeBatch(onePut()));
        for (int length = 0; length < entry.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(entry, 0, length);
            assertThatThrownBy(() -> JournalCodec.decodeEntry(cut)).isInstanceOf(UndecodableEntryException.class);
        }
    }

    @Test
    void everyFlippedBitIsATypedError() {
        byte[] entry = JournalCodec.encodeEntry(1_700_000_000_000L, 41, JournalCodec.encodeBatch(onePut()));
        for (int bit = 0; bit < entry.length * 8; bit++) {
            byte[] damaged = entry.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> JournalCodec.decodeEntry(ByteBuffer.wrap(damaged)))
                    .isInstanceOf(UndecodableEntryException.class);
        }
    }

    /** Behind the checksum, too, nothing but the typed error may come out: a newer build computes right checksums. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void damageUnderARightChecksumIsATypedErrorOrAnotherValue(long seed) {
        Random random = new Random(seed);
        RandomValues values = new RandomValues(random, 300);
        for (int i = 0; i < 3_000; i++) {
            byte[] batch = JournalCodec.encodeBatch(values.batch());
            byte[] outcome = JournalCodec.encodeOutcome(values.outcome());
            damage(random, batch);
            damage(random, outcome);
            ByteBuffer entry = ByteBuffer.wrap(JournalCodec.encodeEntry(i, i, batch));
            assertDecodesOrIsTyped(() -> JournalCodec.decodeEntry(entry));
            assertDecodesOrIsTyped(() -> JournalCodec.decodeOutcome(outcome));
        }
    }

    private static void damage(Random random, byte[] framed) {
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = Frame.BYTES + random.nextInt(framed.length - Frame.BYTES);
            framed[at] = (byte) random.nextInt(256);
        }
        seal(framed);
    }

    private static void seal(byte[] framed) {
        CRC32C crc = new CRC32C();
        crc.update(framed, Frame.BYTES, framed.length - Frame.BYTES);
        ByteBuffer.wrap(framed).putInt(4, (int) crc.getValue());
    }

    private static void assertDecodesOrIsTyped(Runnable decoding) {
        try {
            decoding.run();
        } catch (UndecodableEntryException expected) {
            assertThat(expected).hasMessageContaining("supported=");
        }
    }

    @Test
    void anUnknownVersionNamesBoth() {
        byte[] batch = JournalCodec.encodeBatch(onePut());
        batch[3] = 9;
        assertThatThrownBy(() -> JournalCodec.decodeBatch(batch))
                .isInstanceOf(UndecodableEntryException.class)
                .hasMessageContaining("found=9")
                .hasMessageContaining("supported=1");
    }

    @Test
    void unknownKindsAreNeverPassedOver() {
        // Transaction kind 7 with an empty body, as a newer build might write it.
        assertThatThrownBy(() -> JournalCodec.decodeBatch(withTransaction(new byte[] {7 << 3 | 2, 0})))
                .isInstanceOf(UndecodableEntryException.class)
                .hasMessageContaining("message=Transaction field=7")
                .hasMessageContaining("supported=1");
        // Changes with an op of kind 9.
        assertThatThrownBy(() -> JournalCodec.decodeBatch(
                        withTransaction(new byte[] {1 << 3 | 2, 4, 3 << 3 | 2, 2, 9 << 3 | 2, 0})))
                .isInstanceOf(UndecodableEntryException.class)
                .hasMessageContaining("message=Op field=9");
        // A transaction of no kind at all.
        assertThatThrownBy(() -> JournalCodec.decodeBatch(withTransaction(new byte[0])))
                .isInstanceOf(UndecodableEntryException.class)
                .hasMessageContaining("missing field: message=Transaction");
    }

    private static byte[] withTransaction(byte[] body) {
        byte[] empty = JournalCodec.encodeBatch(new JournalBatch(SESSION, 1, List.of()));
        byte[] framed = Arrays.copyOf(empty, empty.length + 2 + body.length);
        framed[empty.length] = 4 << 3 | 2;
        framed[empty.length + 1] = (byte) body.length;
        System.arraycopy(body, 0, framed, empty.length + 2, body.length);
        seal(framed);
        return framed;
    }

    @Test
    void anotherKindOfBytesIsRefused() {
        byte[] batch = JournalCodec.encodeBatch(onePut());
        assertThatThrownBy(() -> JournalCodec.decodeOutcome(batch))
                .isInstanceOf(UndecodableEntryException.class)
                .hasMessageContaining("expected=4d534f")
                .hasMessageContaining("found=4d5342");
    }
}
