package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import java.util.List;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotInfo;

/** The state on disk as Ratis has to see it: a snapshot up to a position, without files. Replay starts behind it. */
record DurableState(TermIndex position) implements SnapshotInfo {
    static DurableState at(LogPosition position) {
        return new DurableState(TermIndex.valueOf(position.term(), position.index()));
    }

    @Override
    public TermIndex getTermIndex() {
        return position;
    }

    @Override
    public List<FileInfo> getFiles() {
        return List.of();
    }
}
