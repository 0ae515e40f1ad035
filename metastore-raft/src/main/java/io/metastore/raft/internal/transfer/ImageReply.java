package io.metastore.raft.internal.transfer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * What a sender answers, with a checksum over question and answer: bytes that were damaged on the way, or that answer another question, are noticed.
 *
 * @param status what kind of answer
 * @param body what was asked for; of a refusal its reason in UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over, never changed, never compared.
record ImageReply(Status status, byte[] body) {

    /** Kinds of answers. The number is part of the wire format. A refusal has changed nothing. */
    enum Status {
        OK(0),
        /** As many receivers as it serves at once; ask again soon. */
        BUSY(1),
        /** It has no image of that index, or one of other bytes; ask for the list. */
        GONE(2),
        /** The request is not one that can be answered, by anybody. */
        MALFORMED(3),
        /** Its own files cannot be read; ask somebody else. */
        UNREADABLE(4);

        private final int number;

        Status(int number) {
            this.number = number;
        }
    }

    /** A reply that is none. */
    static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }
    }

    private static final int HEADER_BYTES = 1 + Integer.BYTES;
    private static final Status[] STATUSES = Status.values();

    static ImageReply ok(byte[] body) {
        return new ImageReply(Status.OK, body);
    }

    static ImageReply refusal(Status status, String reason) {
        return new ImageReply(status, reason.getBytes(StandardCharsets.UTF_8));
    }

    /** Why it was refused. */
    String reason() {
        return new String(body, StandardCharsets.UTF_8);
    }

    byte[] encode(byte[] request) {
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + body.length);
        buffer.put((byte) status.number)
                .putInt(checksum(request, (byte) status.number, body, 0))
                .put(body);
        return buffer.array();
    }

    /** @param request the one this is to be the answer to */
    static ImageReply decode(byte[] request, byte[] reply) throws DamagedException {
        if (reply.length < HEADER_BYTES) {
            throw new DamagedException("a reply is too short: bytes=" + reply.length + " least=" + HEADER_BYTES);
        }
        ByteBuffer buffer = ByteBuffer.wrap(reply);
        byte status = buffer.get();
        int told = buffer.getInt();
        int found = checksum(request, status, reply, HEADER_BYTES);
        if (told != found) {
            throw new DamagedException(
                    "a reply is damaged: bytes=" + reply.length + " expectedCrc=" + told + " foundCrc=" + found);
        }
        for (Status known : STATUSES) {
            if (known.number == status) {
                byte[] body = new byte[buffer.remaining()];
                buffer.get(body);
                return new ImageReply(known, body);
            }
        }
        throw new DamagedException("a reply is of an unknown kind: status=" + status + "; upgrade the older member");
    }

    private static int checksum(byte[] request, byte status, byte[] bytes, int offset) {
        CRC32C checksum = new CRC32C();
        checksum.update(request);
        checksum.update(status);
        checksum.update(bytes, offset, bytes.length - offset);
        return (int) checksum.getValue();
    }
}
