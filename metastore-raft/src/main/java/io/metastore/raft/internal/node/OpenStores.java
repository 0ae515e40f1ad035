package io.metastore.raft.internal.node;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The stores that are open in this process, by the real paths of their directories. A directory is locked by the store that is here. */
public final class OpenStores {

    private static final Map<Path, CurrentNode> OPEN = new ConcurrentHashMap<>();

    private OpenStores() {}

    static void add(CurrentNode store) {
        OPEN.put(store.directory(), store);
    }

    static void remove(CurrentNode store) {
        OPEN.remove(store.directory(), store);
    }

    /** The store in a directory. */
    public static Optional<CurrentNode> at(Path directory) {
        return Optional.ofNullable(OPEN.get(directory));
    }
}
