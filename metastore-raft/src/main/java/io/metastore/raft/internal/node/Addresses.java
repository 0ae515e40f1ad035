package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.PeerAddresses;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where members listen, as far as this one knows: what a member told of itself lately, else what it recorded in the cluster, else what the group's
 * configuration says. Only hints where to look: who answers proves who it is by its id, so a wrong one costs time and nothing else.
 *
 * <p>Thread-safe; asked for every message, answers from memory.
 */
final class Addresses implements PeerAddresses {

    private final Map<String, String> told = new ConcurrentHashMap<>();
    private final Map<String, String> recorded = new ConcurrentHashMap<>();

    /** A member said where it listens. */
    void told(String id, String address) {
        told.put(id, address);
    }

    /** What the cluster has recorded for a member; null for nothing. */
    void recorded(String id, @Nullable String address) {
        if (address == null) {
            recorded.remove(id);
        } else {
            recorded.put(id, address);
        }
    }

    @Override
    public String of(String id, String known) {
        String latest = told.get(id);
        if (latest == null) {
            latest = recorded.get(id);
        }
        return latest == null ? known : latest;
    }
}
