package io.metastore.raft.internal.ratis;

import org.apache.ratis.util.ExitUtils;

/**
 * Takes from Ratis the power to end the JVM. Ratis' {@code ExitUtils}, once touched, replaces the JVM's default uncaught-exception handler by one
 * that exits, and calls {@code System.exit} itself on some failures.
 *
 * <p>Has to run before any other Ratis class is used. Another part of the process that uses Ratis on its own loses the exit as well.
 */
final class ExitGuard {
    private static boolean disarmed;

    private ExitGuard() {}

    /** Idempotent, callable from any thread. Leaves the JVM's default uncaught-exception handler as it was. */
    static synchronized void disarm() {
        if (disarmed) {
            return;
        }
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        try {
            ExitUtils.disableSystemExit();
            ExitUtils.setTerminateOnUncaughtException(false);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        disarmed = true;
    }
}
