package io.metastore.api;

import io.metastore.api.internal.MessageFacts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything a store throws. Unchecked and sealed: classified by what the caller should do next and by whether a failed write may be part
 * of the state. Messages give a constant sentence, then facts as {@code key=value}, then the next step.
 *
 * <p>Not among them: {@link IllegalArgumentException} and {@link NullPointerException} for arguments that can never be right, {@link
 * IllegalStateException} for objects used after their time, and whatever a transaction body itself throws.
 */
public abstract sealed class MetastoreException extends RuntimeException
        permits AddressInUseException,
                BatchRejectedException,
                CheckpointFailedException,
                CodecException,
                CommandFailedException,
                ConfigurationException,
                CorruptStateException,
                DeadlineExceededException,
                DirectoryInUseException,
                DirectoryMismatchException,
                DirectoryUnusableException,
                ForbiddenThreadException,
                IncompatibleTableException,
                LimitExceededException,
                MembershipRefusedException,
                OperationFailedException,
                OutcomeUnknownException,
                OverloadedException,
                RecoveryRefusedException,
                RevisionLostException,
                StoreClosedException,
                StoreFailedException,
                TransactionAbortedException,
                TransactionConflictException,
                UnavailableException,
                UnknownCommandException {

    /** Whether the failed write may nevertheless be part of the state. */
    public enum Outcome {
        /** It is not and will not be. */
        NOT_APPLIED,
        /** It may be, now or later. */
        UNKNOWN
    }

    private final String code;

    MetastoreException(String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Stable name of the kind of failure, such as {@code LIMIT_EXCEEDED}. */
    public final String code() {
        return code;
    }

    /**
     * The facts of the message by their names, in its order: for logs and for tools. Those that decide what a caller does next are accessors of their own as well, such as
     * {@link LimitExceededException#limit}. Names are not a promise; what a store did not say is not there.
     */
    public final Map<String, String> facts() {
        String message = getMessage();
        return message == null ? Map.of() : MessageFacts.of(message);
    }

    /** {@link Outcome#NOT_APPLIED} for all but {@link OutcomeUnknownException}. */
    public Outcome outcome() {
        return Outcome.NOT_APPLIED;
    }
}
