package io.metastore.raft.internal.assembly;

import io.metastore.api.Addon;

/** An add-on that has every transaction body run in vain once before it runs in earnest. */
public interface ClosuresAddon extends Addon {}
