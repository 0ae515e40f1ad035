package io.metastore.snapshot.state;

import io.metastore.snapshot.journal.TransactionResult;

/**
 * Decides what a throw out of a command handler means: the command fails, on every member alike, or the member does.
 *
 * <p>Whatever the handler itself throws fails the command, errors included: an assertion, a class that is missing or a recursion without end would
 * otherwise stop every member at the same entry, and again at each replay. What is left to end the member is what another member does not meet at
 * this entry: a state that cannot be read here, and a JVM that is out of memory or broken. {@link StackOverflowError} is on the handler's side though
 * stacks differ: a recursion without end is by far its likeliest cause. A handler whose depth is bounded has to stay far from the stack's end.
 */
final class HandlerFailure {

    /** A message is part of the session's record and of the reply, on every member, and must not grow with what the handler had in hand. */
    static final int MESSAGE_CHARS_MAX = 1_024;

    private HandlerFailure() {}

    /**
     * The rejection to throw.
     *
     * @throws RuntimeException the state could not be read: the member is to fail
     * @throws VirtualMachineError the JVM is out of memory or broken: the member is to fail
     */
    static Rejection rejection(Throwable thrown) {
        if (thrown instanceof Rejection rejection) {
            return rejection;
        }
        if (thrown instanceof RuntimeException own && Workspace.isOwnFailure(own)) {
            throw own;
        }
        if (thrown instanceof VirtualMachineError broken && !(broken instanceof StackOverflowError)) {
            throw broken;
        }
        return new Rejection(TransactionResult.Code.COMMAND_FAILED, shortened(message(thrown)));
    }

    private static String message(Throwable thrown) {
        String message;
        try {
            message = thrown.getMessage();
        } catch (RuntimeException e) { // It is the handler's class, and may compute its message.
            message = null;
        }
        return message == null ? thrown.getClass().getName() : message;
    }

    private static String shortened(String message) {
        if (message.length() <= MESSAGE_CHARS_MAX) {
            return message;
        }
        int end = Character.isHighSurrogate(message.charAt(MESSAGE_CHARS_MAX - 1))
                ? MESSAGE_CHARS_MAX - 1
                : MESSAGE_CHARS_MAX;
        return message.substring(0, end) + "... (" + message.length() + " characters)";
    }
}
