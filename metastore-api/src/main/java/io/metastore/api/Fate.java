package io.metastore.api;

/**
 * Whether a write is part of the cluster's history, as one member can tell.
 *
 * @param kind the answer
 * @param reason why, in words, with positions
 */
public record Fate(Kind kind, String reason) {

    /** Answers. */
    public enum Kind {
        /** It is part of the history, and its effect, or what later writes made of it, in the state of the member that was asked. */
        KEPT,
        /** It is not part of the history and never will be: a recovery went on without it. */
        LOST,
        /** This member cannot tell: it has not applied enough yet, or what would tell is gone. The reason says which. */
        UNKNOWN
    }

    /** The answer and the reason. */
    @Override
    public String toString() {
        return kind + ": " + reason;
    }
}
