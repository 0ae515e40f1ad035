package io.metastore.api;

/**
 * An operation that was waited for ended without what was asked for: it failed or was cancelled. {@link #operation} says why and what had been changed by
 * then. Members, data and quorum are in order; ask again once the cause is gone.
 */
public final class OperationFailedException extends MetastoreException {

    private final Operation operation;

    /**
     * Tells how it ended.
     *
     * @throws IllegalArgumentException it is not over, or done
     */
    public OperationFailedException(Operation operation) {
        super("OPERATION_FAILED", message(operation), null);
        this.operation = operation;
    }

    private static String message(Operation operation) {
        if (operation.state() != OperationState.FAILED && operation.state() != OperationState.CANCELLED) {
            throw new IllegalArgumentException("operation has not failed: " + operation);
        }
        String error = operation.error();
        return "operation " + (operation.state() == OperationState.FAILED ? "failed" : "was cancelled") + ": id="
                + operation.id() + " type=" + operation.type() + " target=" + operation.target() + " requestedBy="
                + operation.requestedBy() + " step='" + operation.step() + "' error='" + (error == null ? "" : error)
                + "'; mend the cause and ask again";
    }

    /** How it ended. */
    public Operation operation() {
        return operation;
    }
}
