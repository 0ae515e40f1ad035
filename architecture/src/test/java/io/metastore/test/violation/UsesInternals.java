package io.metastore.test.violation;

import io.metastore.raft.internal.store.RaftMetaStore;

public final class UsesInternals {
    Class<?> used = RaftMetaStore.class;
}
