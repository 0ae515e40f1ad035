package io.metastore.recovery.internal.remote;

import io.metastore.api.LogPosition;
import io.metastore.recovery.internal.reset.MemberJournal;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * What a member answers who is asked for its journal.
 *
 * <pre>
 * CRC32C of the rest      4 bytes
 * gone                    1 byte: 0 when it was answered, 1 when it has another journal by now
 * what was asked for, or why there is none
 * </pre>
 */
final class FetchAnswer {
    private static final String FORMAT = "metastore-journal-offer";
    private static final int VERSION = 1;
    private static final Path NOWHERE = Path.of("offer of a journal");
    private static final int CHECKSUM_BYTES = Integer.BYTES;

    private FetchAnswer() {}

    static byte[] of(MemberJournal.Offer offer) {
        return answered(new FactText(FORMAT, VERSION)
                .with("before.term", offer.before().term())
                .with("before.index", offer.before().index())
                .withTexts("journal", texts(offer.journal()))
                .withTexts("image", texts(offer.image()))
                .bytes());
    }

    private static List<String> texts(List<MemberJournal.File> files) {
        return files.stream().map(file -> file.name() + " " + file.bytes()).toList();
    }

    static byte[] of(int checksum) {
        return answered(ByteBuffer.allocate(Integer.BYTES).putInt(checksum).array());
    }

    static byte[] answered(byte[] content) {
        return encode(false, content);
    }

    static byte[] gone(String why) {
        return encode(true, why.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] encode(boolean gone, byte[] content) {
        ByteBuffer buffer = ByteBuffer.allocate(CHECKSUM_BYTES + 1 + content.length);
        buffer.position(CHECKSUM_BYTES);
        buffer.put((byte) (gone ? 1 : 0)).put(content);
        return buffer.putInt(0, checksum(buffer.array())).array();
    }

    private static int checksum(byte[] answer) {
        CRC32C checksum = new CRC32C();
        checksum.update(answer, CHECKSUM_BYTES, answer.length - CHECKSUM_BYTES);
        return (int) checksum.getValue();
    }

    /**
     * What was asked for.
     *
     * @throws GoneException there is none
     * @throws IllegalArgumentException the bytes are damaged
     */
    static byte[] content(byte[] answer) throws GoneException {
        if (answer.length <= CHECKSUM_BYTES || ByteBuffer.wrap(answer).getInt() != checksum(answer)) {
            throw new IllegalArgumentException("the answer is damaged: bytes=" + answer.length);
        }
        ByteBuffer content = ByteBuffer.wrap(answer, CHECKSUM_BYTES + 1, answer.length - CHECKSUM_BYTES - 1);
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        if (answer[CHECKSUM_BYTES] != 0) {
            throw new GoneException(new String(bytes, StandardCharsets.UTF_8));
        }
        return bytes;
    }

    static MemberJournal.Offer offer(byte[] content) {
        return Facts.read(NOWHERE, content, FORMAT, VERSION)
                .build(facts -> new MemberJournal.Offer(
                        new LogPosition(facts.number("before.term"), facts.number("before.index")),
                        files(facts.anyTexts("journal"), OfferedFiles::isOfJournal),
                        files(facts.anyTexts("image"), OfferedFiles::isOfImage)));
    }

    private static List<MemberJournal.File> files(List<String> texts, Predicate<String> named) {
        return texts.stream().map(text -> file(text, named)).toList();
    }

    private static MemberJournal.File file(String text, Predicate<String> named) {
        List<String> words = List.of(text.split(" ", -1));
        if (words.size() != 2 || !named.test(words.get(0))) {
            throw new IllegalArgumentException("expected: name of a file, bytes; found: " + text);
        }
        return new MemberJournal.File(words.get(0), Long.parseLong(words.get(1)));
    }

    static int checksumOf(byte[] content) {
        return ByteBuffer.wrap(content).getInt();
    }

    /** The member has another journal by now. */
    static final class GoneException extends Exception {
        private static final long serialVersionUID = 1L;

        GoneException(String why) {
            super(why);
        }
    }
}
