package io.metastore.raft.internal.node;

import io.metastore.api.OverloadedException;
import java.util.concurrent.atomic.AtomicInteger;

/** How many asynchronous calls of a kind may be under way, their callbacks included. Callable from any thread; never blocks. */
final class Permits {

    private final String what;
    private final int max;
    private final String setting;
    private final AtomicInteger taken = new AtomicInteger();

    /**
     * None taken yet.
     *
     * @param setting which setting changes the number, for the message
     */
    Permits(String what, int max, String setting) {
        this.setting = setting;
        this.what = what;
        this.max = max;
    }

    /** Takes one. */
    void take(String member) {
        if (taken.incrementAndGet() > max) {
            taken.decrementAndGet();
            throw overloaded(member);
        }
    }

    void release() {
        taken.decrementAndGet();
    }

    OverloadedException overloaded(String member) {
        return new OverloadedException("too many asynchronous calls are not answered yet: member=" + member + " kind="
                + what + " limit=" + max
                + "; wait for some of them before you start more, and do not block in their callbacks, " + setting);
    }
}
