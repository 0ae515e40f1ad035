package io.metastore.raft.violation.left;

import io.metastore.raft.violation.right.Right;

public final class Left {
    Class<?> used = Right.class;
}
