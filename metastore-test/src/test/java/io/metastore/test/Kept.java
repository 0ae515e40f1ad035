package io.metastore.test;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Something a lambda keeps beyond its time, for a test to look at. */
final class Kept<T> {

    private final AtomicReference<@Nullable T> value = new AtomicReference<>();

    void set(T kept) {
        value.set(kept);
    }

    T get() {
        T kept = value.get();
        if (kept == null) {
            throw new AssertionError("nothing was kept");
        }
        return kept;
    }
}
