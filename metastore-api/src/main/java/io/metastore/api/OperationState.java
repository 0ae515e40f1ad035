package io.metastore.api;

/** How far an {@link Operation} has come. Moves downwards only; the last three are final. */
public enum OperationState {
    /** Accepted and recorded; its first step has not begun: there is no leader, a member does not answer, or another change or job goes first. */
    PENDING,
    /** Under way; a new leader takes it up where the old one left it. */
    RUNNING,
    /** What was asked for is so. */
    DONE,
    /** It ended without that; {@link Operation#error} says why. */
    FAILED,
    /** Somebody took it back while that was safe. */
    CANCELLED;

    /** Whether it is one of the final three. */
    public boolean isOver() {
        return this == DONE || this == FAILED || this == CANCELLED;
    }
}
