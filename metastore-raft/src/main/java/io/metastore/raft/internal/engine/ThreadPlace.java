package io.metastore.raft.internal.engine;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a thread is that does not end: what to look at when it happens to a user. */
public final class ThreadPlace {
    private static final int CALLS = 8;

    private ThreadPlace() {}

    /** Its name and the innermost calls. */
    public static String of(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .limit(CALLS)
                .map(frame ->
                        frame.getClassName().substring(frame.getClassName().lastIndexOf('.') + 1) + "."
                                + frame.getMethodName() + ":" + frame.getLineNumber())
                .collect(Collectors.joining(" < ", thread.getName() + " at ", ""));
    }
}
