package io.metastore.raft.internal.transport;

import java.nio.charset.StandardCharsets;

/**
 * One message on a stream between two members.
 *
 * <pre>
 * offset  bytes
 *      0      1  kind: 1 request, 2 reply, 3 failed, 4 refused, 5 ping, 6 pong
 *      1      1  method number of a request, unsigned; 0 otherwise
 *      2      8  number of the call, big-endian; chosen by the caller, repeated in the answer
 *     10      n  request or reply as the caller or handler gave it; UTF-8 text of a failure; nothing in ping and pong
 * </pre>
 *
 * This is version 1, which the caller names in the header of the stream ({@link ClusterCredentials}). Bytes that are none of this parse to a
 * frame of kind {@link #MALFORMED} instead of an exception, so that strangers cannot fill the log.
 */
record StreamFrame(byte kind, int method, long callId, Payload payload) {
    static final int HEADER_BYTES = 10;

    static final byte MALFORMED = 0;
    static final byte REQUEST = 1;
    static final byte REPLY = 2;
    static final byte FAILED = 3;
    static final byte REFUSED = 4;
    static final byte PING = 5;
    static final byte PONG = 6;

    private static final int FAILURE_CHARS_MAX = 4096;

    static StreamFrame request(Method method, long callId, byte[] request) {
        return new StreamFrame(REQUEST, method.number(), callId, new Payload(request));
    }

    static StreamFrame reply(long callId, byte[] reply) {
        return new StreamFrame(REPLY, 0, callId, new Payload(reply));
    }

    static StreamFrame failure(long callId, Throwable failure) {
        byte kind = Handling.isRefusal(failure) ? REFUSED : FAILED;
        String text = Handling.describe(failure);
        String shortened = text.length() <= FAILURE_CHARS_MAX ? text : text.substring(0, FAILURE_CHARS_MAX) + "...";
        return new StreamFrame(kind, 0, callId, new Payload(shortened.getBytes(StandardCharsets.UTF_8)));
    }

    static StreamFrame signal(byte kind) {
        return new StreamFrame(kind, 0, 0, Payload.EMPTY);
    }

    byte[] bytes() {
        return payload.bytes();
    }

    String text() {
        return new String(payload.bytes(), StandardCharsets.UTF_8);
    }

    int size() {
        return HEADER_BYTES + payload.bytes().length;
    }

    /** Bytes by reference: handed over, never changed, never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Payload(byte[] bytes) {
        static final Payload EMPTY = new Payload(new byte[0]);
    }
}
