package io.metastore.raft.internal.assembly;

import io.metastore.api.Addon;
import io.metastore.raft.internal.cluster.StepObserver;

/** An add-on that watches the operations a member carries out. */
public interface OperationsAddon extends Addon {

    StepObserver observer();
}
