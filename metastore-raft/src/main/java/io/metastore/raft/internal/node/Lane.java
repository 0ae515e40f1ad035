package io.metastore.raft.internal.node;

import io.metastore.api.ForbiddenThreadException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the current thread must not wait for a store: inside a transaction body, a reader or a callback of that store, inside a command handler for
 * any. A blocking call from there would wait for itself or surprise; it throws at once and names the place.
 */
public final class Lane {

    /** Stands for every store. */
    private static final Object ANY = new Object();

    private static final ThreadLocal<@Nullable Lane> CURRENT = new ThreadLocal<>();

    private final Object store;
    private final String name;
    private final @Nullable Lane around;

    private Lane(Object store, String name, @Nullable Lane around) {
        this.store = store;
        this.name = name;
        this.around = around;
    }

    /** Runs the action in a lane of a store: other stores may be waited for. */
    public static <T extends @Nullable Object> T run(Object store, String name, Supplier<T> action) {
        Lane around = CURRENT.get();
        CURRENT.set(new Lane(store, name, around));
        try {
            return action.get();
        } finally {
            if (around == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(around);
            }
        }
    }

    /** Runs the action where no store may be waited for. */
    public static <T extends @Nullable Object> T run(String name, Supplier<T> action) {
        return run(ANY, name, action);
    }

    /** Throws when the current thread is in a lane of this store. */
    public static void checkMayBlock(Object store, String call) {
        for (Lane lane = CURRENT.get(); lane != null; lane = lane.around) {
            if (lane.store == store || lane.store == ANY) {
                throw new ForbiddenThreadException(
                        "blocking call from a place that must not wait for the store: call=" + call
                                + " lane=" + lane.name + " thread="
                                + Thread.currentThread().getName()
                                + "; use what the lane was given, or hand over to a thread of your own");
            }
        }
    }
}
