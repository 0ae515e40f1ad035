package io.metastore.raft.internal.assembly;

import io.metastore.raft.internal.ratis.RatisEngine;
import io.metastore.snapshot.state.MetaState;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the two largest pieces of code beside the first opening in a JVM: RocksDB's native library, which is unpacked from its jar, and Ratis. Nothing
 * depends on it: whoever needs them earlier loads them himself, and whatever cannot be loaded fails there, with a reason.
 */
final class EarlyLoading {

    private static final Logger log = LoggerFactory.getLogger(EarlyLoading.class);

    private static final AtomicBoolean begun = new AtomicBoolean();

    private EarlyLoading() {}

    /** Begins, the first time; returns at once. */
    static void begin() {
        if (begun.compareAndSet(false, true)) {
            start("rocksdb", MetaState::loadLibrary);
            start("ratis", RatisEngine.loading());
        }
    }

    private static void start(String what, Runnable loading) {
        Thread thread = new Thread(() -> load(what, loading), "metastore-load-" + what);
        thread.setDaemon(true);
        thread.setContextClassLoader(
                EarlyLoading.class.getClassLoader()); // Not that of an application that may be unloaded.
        thread.start();
    }

    private static void load(String what, Runnable loading) {
        try {
            loading.run();
        } catch (RuntimeException | LinkageError e) {
            log.debug("loading ahead failed, opening will tell why: what={}", what, e);
        }
    }
}
