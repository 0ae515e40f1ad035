package io.metastore.raft.violation.right;

import io.metastore.raft.violation.left.Left;

public final class Right {
    Class<?> used = Left.class;
}
