package io.metastore.recovery.internal.remote;

import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What of its journal a member is asked for. As lines of a {@link FactText}, checksummed.
 *
 * @param epoch whose journal
 * @param from the first entry that is wanted; for an offer
 * @param image index of an image that is wanted too, -1 for none; for an offer
 * @param file name of one that was offered; empty for an offer
 * @param offset where the bytes begin
 * @param length how many
 */
record FetchRequest(Kind kind, long epoch, long from, long image, String file, long offset, long length) {

    enum Kind {
        OFFER,
        CHECKSUM,
        BYTES
    }

    private static final String FORMAT = "metastore-journal-request";
    private static final int VERSION = 1;
    private static final byte[] BEGIN = ("format=" + FORMAT + "/").getBytes(StandardCharsets.US_ASCII);

    /** How the bytes are called in messages; there is no file. */
    private static final Path NOWHERE = Path.of("request for a journal");

    static FetchRequest offer(long epoch, long from, long image) {
        return new FetchRequest(Kind.OFFER, epoch, from, image, "", 0, 0);
    }

    static FetchRequest checksum(long epoch, String file, long bytes) {
        return new FetchRequest(Kind.CHECKSUM, epoch, 0, -1, file, 0, bytes);
    }

    static FetchRequest bytes(long epoch, String file, long offset, int length) {
        return new FetchRequest(Kind.BYTES, epoch, 0, -1, file, offset, length);
    }

    /** Whether the bytes are one, of whichever version. */
    static boolean isOne(byte[] bytes) {
        return bytes.length >= BEGIN.length && Arrays.equals(bytes, 0, BEGIN.length, BEGIN, 0, BEGIN.length);
    }

    byte[] encode() {
        return new FactText(FORMAT, VERSION)
                .with("kind", kind)
                .with("epoch", epoch)
                .with("from", from)
                .with("image", image)
                .withText("file", file)
                .with("offset", offset)
                .with("length", length)
                .bytes();
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @throws io.metastore.api.MetastoreException it is none that this build knows
     */
    static FetchRequest decode(byte[] bytes) {
        return Facts.read(NOWHERE, bytes, FORMAT, VERSION)
                .build(facts -> new FetchRequest(
                        facts.parsed("kind", Kind::valueOf, Kind::toString),
                        facts.number("epoch"),
                        facts.number("from"),
                        facts.number("image"),
                        facts.anyText("file"),
                        facts.number("offset"),
                        facts.number("length")));
    }
}
