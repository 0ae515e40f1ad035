package io.metastore.test.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sequential behaviour of what one key stands for: a deterministic state machine.
 *
 * <p>States are immutable values with {@code equals} and {@code hashCode}; so are inputs and outputs. Implementations
 * have no state of their own.
 */
public interface Model<S, I, O> {

    /** The state before the first operation. */
    S initial();

    /**
     * The state after the operation, or null if the operation cannot give this output in this state.
     *
     * @param output null if not known: every output is possible, only the effect counts
     */
    @Nullable
    S step(S state, I input, @Nullable O output);

    /**
     * Whether an operation with this output leaves the state alone, in every state in which it is possible. The checker
     * places such an operation as soon as it is possible. The default, false, is always right, only slower.
     */
    default boolean readOnly(I input, O output) {
        return false;
    }

    /**
     * Narrows down the search for the operations of one key, by what can be told without searching.
     *
     * @return as many placements in the same order, which can be linearized exactly if the given ones can
     */
    default List<Placement<I, O>> tighten(List<Placement<I, O>> placements) {
        return placements;
    }
}
