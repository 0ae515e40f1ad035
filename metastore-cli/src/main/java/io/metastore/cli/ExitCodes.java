package io.metastore.cli;

import io.metastore.api.CorruptStateException;
import io.metastore.api.MetastoreException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** With what the command ends. */
final class ExitCodes {
    /** All is well. */
    static final int OK = CommandLine.ExitCode.OK;
    /** Something is damaged, or may be lost. */
    static final int DAMAGE = 1;
    /** What was asked for cannot be understood. */
    static final int USAGE = CommandLine.ExitCode.USAGE;
    /**
     * It was understood and refused, which changes nothing, or could not be done to its end, as when a disk fails or a member goes silent in the middle of a recovery: the
     * message says what is next.
     */
    static final int REFUSED = 3;

    private ExitCodes() {}

    static int of(Exception failure) {
        if (failure instanceof CorruptStateException) {
            return DAMAGE;
        }
        return failure instanceof ParameterException ? USAGE : REFUSED;
    }

    /** Says what went wrong: what the library refuses with says it in its message, anything else with where it comes from. */
    static int print(Exception failure, CommandLine command) {
        if (failure instanceof MetastoreException || failure instanceof RefusedException) {
            command.getErr().println("metastore: " + failure.getMessage());
        } else {
            failure.printStackTrace(command.getErr());
        }
        return of(failure);
    }
}
