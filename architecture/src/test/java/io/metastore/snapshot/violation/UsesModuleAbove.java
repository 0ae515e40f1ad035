package io.metastore.snapshot.violation;

import io.metastore.raft.MemberProbe;

public final class UsesModuleAbove {
    Class<?> used = MemberProbe.class;
}
