package io.metastore.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conditions and changes in one round trip: when all checks hold, then these changes, otherwise those. Immutable.
 *
 * <p>Changes are made in the order given, each seeing those before it; a key may be changed more than once. All of them make one revision,
 * or none when nothing was changed. Checks and changes may be of several tables.
 *
 * <pre>{@code
 * Batch.when(Check.absent(DATABASES, "hr")).then(Op.put(DATABASES, "hr", hr)).otherwiseFail("exists")
 * }</pre>
 */
public final class Batch {

    private final List<Check> checks;
    private final List<Op> then;
    private final List<Op> otherwise;
    private final @Nullable String failReason;

    private Batch(List<Check> checks, List<Op> then, List<Op> otherwise, @Nullable String failReason) {
        this.checks = List.copyOf(checks);
        this.then = List.copyOf(then);
        this.otherwise = List.copyOf(otherwise);
        this.failReason = failReason;
    }

    /** Changes without condition. */
    public static Batch of(Op... ops) {
        return new Batch(List.of(), List.of(ops), List.of(), null);
    }

    /** Changes without condition. */
    public static Batch of(List<Op> ops) {
        return new Batch(List.of(), ops, List.of(), null);
    }

    /** Begins a conditional batch; all checks must hold. Without any they do. */
    public static When when(Check... checks) {
        return new When(List.of(checks));
    }

    /** What to do when the checks do not hold; without it, nothing. Replaces {@link #otherwiseFail}. */
    public Batch otherwise(Op... ops) {
        return new Batch(checks, then, List.of(ops), null);
    }

    /** Makes failed checks an error: {@link BatchRejectedException} with this reason. Replaces {@link #otherwise(Op...)}. */
    public Batch otherwiseFail(String reason) {
        return new Batch(checks, then, List.of(), reason);
    }

    /** What must hold, unmodifiable. */
    public List<Check> checks() {
        return checks;
    }

    /** What is done when it holds, unmodifiable. */
    public List<Op> then() {
        return then;
    }

    /** What is done when it does not hold, unmodifiable. */
    public List<Op> otherwise() {
        return otherwise;
    }

    /** The reason given to {@link #otherwiseFail}; null when failed checks are not an error. */
    public @Nullable String failReason() {
        return failReason;
    }

    /** A batch with its conditions, waiting for its changes. */
    public static final class When {

        private final List<Check> checks;

        private When(List<Check> checks) {
            this.checks = checks;
        }

        /** What to do when all checks hold. */
        public Batch then(Op... ops) {
            return then(List.of(ops));
        }

        /** What to do when all checks hold. */
        public Batch then(List<Op> ops) {
            return new Batch(checks, ops, List.of(), null);
        }
    }
}
