package io.metastore.cli;

/** The command does not do what it was asked for; the message says why and what to do. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
