package io.metastore.api;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The deadline passed after the write had been submitted, or its thread was interrupted, or the store was closed: it may or may not be
 * part of the state. {@link #resolve} tells which, as long as the store that threw it is open.
 */
public final class OutcomeUnknownException extends MetastoreException {

    /** The truth about a write. */
    public sealed interface Resolution {}

    /**
     * It is part of the state.
     *
     * @param revision the one that the write would have returned
     */
    public record WasCommitted(Revision revision) implements Resolution {}

    /** It is not part of the state and never will be. */
    public record WasNotCommitted(String reason) implements Resolution {}

    private final transient @Nullable Function<Duration, Resolution> resolver;

    public OutcomeUnknownException(
            String message, @Nullable Function<Duration, Resolution> resolver, @Nullable Throwable cause) {
        super("OUTCOME_UNKNOWN", message, cause);
        this.resolver = resolver;
    }

    @Override
    public Outcome outcome() {
        return Outcome.UNKNOWN;
    }

    /**
     * Finds out what became of the write. Needs a quorum; the answer is final.
     *
     * @param timeout how long to wait for it
     * @throws UnavailableException no quorum within the timeout; ask again later
     * @throws OutcomeUnknownException the history that would tell is gone
     */
    public Resolution resolve(Duration timeout) {
        if (resolver == null) {
            throw this; // Nobody is left to ask.
        }
        return resolver.apply(timeout);
    }
}
