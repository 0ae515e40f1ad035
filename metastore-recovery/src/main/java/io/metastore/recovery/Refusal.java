package io.metastore.recovery;

/**
 * Why there is nothing to recover.
 *
 * @param kind what it is
 * @param message what was found, and what to do instead
 */
public record Refusal(Kind kind, String message) {

    /** Reasons. */
    public enum Kind {
        /** Enough voters are up to decide: the cluster serves, or will when they reach each other. */
        QUORUM_ALIVE
    }
}
