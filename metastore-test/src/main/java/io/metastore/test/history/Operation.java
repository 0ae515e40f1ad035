package io.metastore.test.history;

import org.jspecify.annotations.Nullable;

/**
 * One call of a client on one key, with the window of time in which it took effect.
 *
 * <p>Immutable if {@code I} and {@code O} are. The text form is the line that {@link History} saves.
 *
 * @param client the client that made the call
 * @param invokedNanos read before the call was made; from the same clock for all operations of a history
 * @param completedNanos read after the call returned, or {@link #NEVER} exactly if the outcome is unknown
 * @param output what the call returned; present exactly if the outcome is {@link Outcome#OK}
 */
public record Operation<I, O>(
        int client,
        String key,
        I input,
        long invokedNanos,
        long completedNanos,
        Outcome outcome,
        @Nullable O output) {

    /** The completion time of an operation that may still take effect. */
    public static final long NEVER = Long.MAX_VALUE;

    public Operation {
        if (client < 0 || completedNanos < invokedNanos) {
            throw new IllegalArgumentException("invalid operation: client=" + client + " invokedNanos=" + invokedNanos
                    + " completedNanos=" + completedNanos);
        }
        if ((outcome == Outcome.UNKNOWN) != (completedNanos == NEVER) || (outcome == Outcome.OK) != (output != null)) {
            throw new IllegalArgumentException("outcome contradicts completion or output: outcome=" + outcome
                    + " completedNanos=" + completedNanos + " output=" + output);
        }
    }

    /** An operation that returned an answer. */
    public static <I, O> Operation<I, O> ok(int client, String key, I input, O output, long invoked, long completed) {
        return new Operation<>(client, key, input, invoked, completed, Outcome.OK, output);
    }

    /** An operation that was refused without effect. */
    public static <I, O> Operation<I, O> failed(int client, String key, I input, long invoked, long completed) {
        return new Operation<>(client, key, input, invoked, completed, Outcome.FAILED, null);
    }

    /** An operation of which nothing was heard, or nothing certain. */
    public static <I, O> Operation<I, O> unknown(int client, String key, I input, long invoked) {
        return new Operation<>(client, key, input, invoked, NEVER, Outcome.UNKNOWN, null);
    }

    @Override
    public String toString() {
        String completed = completedNanos == NEVER ? "-" : Long.toString(completedNanos);
        String call =
                invokedNanos + " " + completed + " c" + client + " " + outcome + " " + Words.quote(key) + " " + input;
        return output == null ? call : call + " => " + output;
    }
}
