package io.metastore.raft.internal.node;

import java.util.ArrayDeque;

/** Undoes what was opened, last first, unless told to keep it. */
final class Unwinding implements AutoCloseable {

    private final ArrayDeque<Runnable> steps = new ArrayDeque<>();

    void add(Runnable undo) {
        steps.push(undo);
    }

    void keep() {
        steps.clear();
    }

    /** Runs every step in the order given, whatever the others do; the first failure is thrown with the others attached. */
    static void runAll(Runnable... inOrder) {
        try (Unwinding unwinding = new Unwinding()) {
            for (Runnable step : inOrder) {
                unwinding.steps.addLast(step);
            }
        }
    }

    /** Runs every step, whatever the others do; the first failure is thrown with the others attached. */
    @Override
    public void close() {
        Throwable failure = null;
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (RuntimeException | Error e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure instanceof Error error) {
            throw error;
        } else if (failure != null) {
            throw (RuntimeException) failure;
        }
    }
}
