package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.snapshot.internal.wire.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A manifest reads back as it was written; anything else is refused and says what was expected and found. */
class ManifestCodecTest {

    private static final Path FILE = Path.of("/m/image/image.7/MANIFEST");

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {31, 32, 33})
    void readsBackWhatItWrote(long seed) {
        RandomManifests manifests = new RandomManifests(seed);
        for (int i = 0; i < 300; i++) {
            ImageManifest manifest = manifests.next();
            byte[] encoded = ManifestCodec.encode(manifest);
            assertThat(ManifestCodec.decode(FILE, encoded)).as("seed %d", seed).isEqualTo(manifest);
            assertThat(ManifestCodec.encode(ManifestCodec.decode(FILE, encoded)))
                    .as("seed %d", seed)
                    .isEqualTo(encoded);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {34, 35})
    void refusesEveryFlippedBit(long seed) {
        byte[] encoded = ManifestCodec.encode(new RandomManifests(seed).next());
        for (int at = 0; at < encoded.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = encoded.clone();
                damaged[at] ^= (byte) (1 << bit);
                checkRefused(damaged, "seed %d byte %d bit %d", seed, at, bit);
            }
        }
    }

    @Test
    void refusesEveryOtherValueOfEveryByteOfItsFrame() {
        byte[] encoded = ManifestCodec.encode(new RandomManifests(36).next());
        for (int at = 0; at < encoded.length; at++) {
            if (at < ManifestCodec.BODY_AT || at >= encoded.length - ManifestCodec.CHECKSUM_BYTES) {
                for (int change = 1; change < 256; change++) {
                    byte[] damaged = encoded.clone();
                    damaged[at] += (byte) change;
                    checkRefused(damaged, "byte %d plus %d", at, change);
                }
            }
        }
    }

    @Test
    void refusesEveryPrefixAndEveryExtraByte() {
        byte[] encoded = ManifestCodec.encode(new RandomManifests(37).next());
        for (int length = 0; length < encoded.length; length++) {
            checkRefused(Arrays.copyOf(encoded, length), "prefix of %d bytes", length);
            byte[] zeroed = encoded.clone();
            Arrays.fill(zeroed, length, zeroed.length, (byte) 0);
            checkRefused(zeroed, "zeros from byte %d on", length);
        }
        for (int extra : new int[] {1, 4, 4096}) {
            checkRefused(Arrays.copyOf(encoded, encoded.length + extra), "%d extra bytes", extra);
        }
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        twice.writeBytes(encoded);
        twice.writeBytes(encoded);
        checkRefused(twice.toByteArray(), "twice");
    }

    /** The bytes of the body, anything in it changed and the checksum right again: refused, or another manifest. Never the same, never another failure. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {38, 39, 40})
    void aBodyThatWasChangedAndSealedAgainIsNeverTakenForTheSame(long seed) {
        ImageManifest manifest = new RandomManifests(seed).next();
        byte[] body = ManifestBody.write(manifest);
        Random random = new Random(seed);
        int refused = 0;
        int others = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] changed = changed(random, body);
            if (Arrays.equals(changed, body)) {
                continue;
            }
            try {
                ImageManifest found = ManifestCodec.decode(FILE, ManifestCodec.frame(ManifestCodec.VERSION, changed));
                assertThat(found).as("seed %d round %d", seed, i).isNotEqualTo(manifest);
                others++;
            } catch (CorruptStateException e) {
                assertThat(e).hasMessageContaining(FILE.toString());
                refused++;
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(500);
        assertThat(others).as("seed %d", seed).isGreaterThan(100);
    }

    private static byte[] changed(Random random, byte[] body) {
        byte[] changed = body.clone();
        int at = random.nextInt(body.length);
        return switch (random.nextInt(4)) {
            case 0 -> {
                changed[at] = (byte) random.nextInt();
                yield changed;
            }
            case 1 -> Arrays.copyOf(changed, at);
            case 2 -> {
                byte[] shorter = Arrays.copyOf(body, body.length - 1);
                System.arraycopy(body, at + 1, shorter, at, shorter.length - at);
                yield shorter;
            }
            default -> {
                byte[] longer = Arrays.copyOf(body, body.length + 1);
                System.arraycopy(body, at, longer, at + 1, body.length - at);
                yield longer;
            }
        };
    }

    /** Every field left out, sent twice, swapped with the next one, and a field that nobody knows. */
    @Test
    void refusesFieldsThatAreMissingTwiceUnknownOrOutOfOrder() {
        ImageManifest manifest = withOrigin();
        List<byte[]> fields = fieldsOf(ManifestBody.write(manifest));
        assertThat(fields).hasSize(11 + manifest.files().size());
        for (int i = 0; i < fields.size(); i++) {
            int field = i + 1;
            List<byte[]> without = new ArrayList<>(fields);
            without.remove(i);
            if (field < 11) {
                checkBodyRefused(without, "Manifest expected: field " + field + " ");
            } else {
                assertThat(decode(without)).as("without field %d", field).isNotEqualTo(manifest);
            }
            List<byte[]> twice = new ArrayList<>(fields);
            twice.add(i, fields.get(i));
            checkBodyRefused(twice, field > 11 ? "listed twice" : "found: field " + Math.min(field, 12));
            if (i + 1 < fields.size()) {
                List<byte[]> swapped = new ArrayList<>(fields);
                swapped.set(i, fields.get(i + 1));
                swapped.set(i + 1, fields.get(i));
                checkBodyRefused(swapped, "expected: ");
            }
        }
        List<byte[]> unknown = new ArrayList<>(fields);
        unknown.add(new MessageWriter().uint64(13, 1).toBytes());
        checkBodyRefused(unknown, "Manifest expected: its end found: field 13");
        checkBodyRefused(fields.subList(0, 11), "files=0");
    }

    @Test
    void refusesNumbersThatAreEncodedLongerThanNeeded() {
        RandomManifests manifests = new RandomManifests(42);
        ImageManifest manifest = manifests.next();
        while (manifest.epoch() > 127) {
            manifest = manifests.next();
        }
        List<byte[]> fields = fieldsOf(ManifestBody.write(manifest));
        byte[] epoch = fields.get(3);
        byte[] longer = Arrays.copyOf(epoch, epoch.length + 1);
        longer[epoch.length - 1] |= (byte) 0x80;
        fields.set(3, longer);
        checkBodyRefused(fields, "the one encoding of what it says");
    }

    @Test
    void namesBothVersionsOfANewerFormat() {
        byte[] newer = ManifestCodec.frame(2, ManifestBody.write(withOrigin()));
        assertThatThrownBy(() -> ManifestCodec.decode(FILE, newer))
                .isInstanceOf(CorruptStateException.class)
                .hasMessage("manifest of an image has a format version this build does not read: file=" + FILE
                        + " found=2 supported=1; nothing was changed; use the build that wrote it, or a newer one");
    }

    @Test
    void saysWhatWasExpectedAndFound() {
        byte[] encoded = ManifestCodec.encode(withOrigin());
        encoded[40] ^= 1;
        assertThatThrownBy(() -> ManifestCodec.decode(FILE, encoded))
                .hasMessageMatching("manifest of an image is damaged: file=" + FILE
                        + " expected: checksum [0-9a-f]{8} found: checksum [0-9a-f]{8}; nothing was changed; .*");
        assertThatThrownBy(() -> ManifestCodec.decode(FILE, new byte[0]))
                .hasMessageContaining("expected: it begins with 4d53494d4147450a found: ;");
    }

    @Test
    void refusesToWriteMoreThanItWouldRead() {
        ImageManifest manifest = withOrigin();
        List<ImageFile> files = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            files.add(new ImageFile("f" + i + "-".repeat(120), i, "0".repeat(64)));
        }
        ImageManifest large = new ImageManifest(
                manifest.clusterId(),
                manifest.store(),
                manifest.epoch(),
                manifest.position(),
                manifest.revision(),
                manifest.fingerprint(),
                manifest.membership(),
                manifest.created(),
                manifest.provenance(),
                null,
                files);
        assertThatThrownBy(() -> ManifestCodec.encode(large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max=16777216 files=100000");
    }

    private static ImageManifest withOrigin() {
        RandomManifests manifests = new RandomManifests(41);
        ImageManifest manifest = manifests.next();
        while (manifest.origin() == null || manifest.files().size() < 3) {
            manifest = manifests.next();
        }
        return manifest;
    }

    /** Cuts a body before each field of the outermost message. */
    private static List<byte[]> fieldsOf(byte[] body) {
        List<byte[]> fields = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(body);
        while (in.hasRemaining()) {
            int start = in.position();
            switch (in.get() & 7) {
                case 0 -> varint(in);
                case 1 -> in.getLong();
                default -> {
                    int length = (int) varint(in);
                    in.position(in.position() + length);
                }
            }
            fields.add(Arrays.copyOfRange(body, start, in.position()));
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static ImageManifest decode(List<byte[]> fields) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        fields.forEach(body::writeBytes);
        return ManifestCodec.decode(FILE, ManifestCodec.frame(ManifestCodec.VERSION, body.toByteArray()));
    }

    private static void checkBodyRefused(List<byte[]> fields, String reason) {
        assertThatThrownBy(() -> decode(fields))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("file=" + FILE);
    }

    private static void checkRefused(byte[] bytes, String what, Object... facts) {
        assertThatExceptionOfType(CorruptStateException.class)
                .as(what, facts)
                .isThrownBy(() -> ManifestCodec.decode(FILE, bytes))
                .withMessageContaining(FILE.toString())
                .withMessageContaining("expected")
                .withMessageContaining("found");
    }
}
