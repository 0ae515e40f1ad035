package io.metastore.test.history;

import java.util.Locale;

/** What the caller of an operation knows about it afterwards. */
public enum Outcome {
    /** Took effect between invocation and completion; the output is known. */
    OK,
    /** Has not taken effect and never will. Such an operation says nothing about the store, the checker drops it. */
    FAILED,
    /** May take effect at any time after the invocation, also long after the caller gave up, or never. */
    UNKNOWN;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
