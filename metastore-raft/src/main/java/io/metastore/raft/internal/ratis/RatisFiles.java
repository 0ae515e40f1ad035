package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.GroupMember;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.util.ProtoUtils;

/** The bytes of what Ratis keeps beside the entries of a journal, for when no Ratis runs on it. */
final class RatisFiles {
    /** The configuration that counts when none in the journal has a higher index. */
    static final String CONFIGURATION = "raft-meta.conf";

    /** See {@link WrittenVote}. */
    static final String TERM_AND_VOTE = "raft-meta";

    private RatisFiles() {}

    /**
     * A configuration of one member right behind the last entry of a journal: there it counts more than any in it, and there the next leader, which is this
     * member, writes down the same.
     *
     * @param end last entry of the journal, or what it goes on behind
     */
    static byte[] configurationBehind(LogPosition end, GroupMember only) {
        return LogEntryProto.newBuilder()
                .setTerm(Math.max(1, end.term())) // Without a term it would be taken for one that came with an image.
                .setIndex(end.index() + 1)
                .setConfigurationEntry(RaftConfigurationProto.newBuilder()
                        .addAllPeers(ProtoUtils.toRaftPeerProtos(Configurations.toRatis(List.of(only)))))
                .build()
                .toByteArray();
    }
}
