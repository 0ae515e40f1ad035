package io.metastore.raft.internal.transport;

import java.io.IOException;

/** A call that got no reply: not reached, refused, or failed on the other side. */
public final class TransportException extends IOException {

    /** Where it went wrong, as far as the caller can know. */
    public enum Kind {
        /** The request was certainly not handled: no connection, link cut before sending, transport closed. */
        UNREACHABLE,
        /** The other side refused it: wrong cluster, wrong token, unknown method; it changed nothing. */
        REFUSED,
        /** It may have been handled: the reply was lost or the handler failed. */
        FAILED
    }

    private final Kind kind;

    public TransportException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public TransportException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
