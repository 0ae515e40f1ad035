package io.metastore.raft.internal.transfer;

/** A member did not send what it was asked for. Another attempt, or another member, may do better. */
final class SenderTroubleException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What to conclude. */
    enum Kind {
        /** It is down, or closed: no use in asking it again at once. */
        UNREACHABLE,
        /** No answer in time, or the call broke. */
        SILENT,
        /** It serves as many as it can. */
        BUSY,
        /** It has not got that image any more. */
        GONE,
        /** It cannot answer, or does not understand. */
        REFUSED,
        /** It sent something else than it had promised. */
        CORRUPT
    }

    private final Kind kind;

    SenderTroubleException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    SenderTroubleException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    /** Whether asking the same member for the same thing again may help. */
    boolean mayPass() {
        return kind == Kind.SILENT || kind == Kind.BUSY;
    }
}
