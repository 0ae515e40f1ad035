package io.metastore.test.history;

import org.jspecify.annotations.Nullable;

/**
 * An operation as the checker sees it: to be placed at one moment of its window.
 *
 * @param output null if not known
 * @param notBefore inclusive
 * @param notAfter inclusive, or {@link Operation#NEVER} if the operation may be left out
 */
public record Placement<I, O>(I input, @Nullable O output, long notBefore, long notAfter) {
    public Placement {
        if (notAfter < notBefore) {
            throw new IllegalArgumentException("empty window: notBefore=" + notBefore + " notAfter=" + notAfter);
        }
    }

    static <I, O> Placement<I, O> of(Operation<I, O> operation) {
        return new Placement<>(
                operation.input(), operation.output(), operation.invokedNanos(), operation.completedNanos());
    }

    Placement<I, O> withOutput(O known) {
        return new Placement<>(input, known, notBefore, notAfter);
    }

    /** Whether a linearization may do without it. */
    public boolean optional() {
        return notAfter == Operation.NEVER;
    }
}
