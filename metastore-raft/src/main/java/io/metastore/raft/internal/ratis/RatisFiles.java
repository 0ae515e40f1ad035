package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.GroupMember;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.util.ProtoUtils;

/** The bytes of what Ratis keeps beside the entries of a journal, for when no Ratis runs on it. */
final class RatisFiles {
    /** The configuration that counts when none in the journal has a higher index. */
    static final String CONFIGURATION = "raft-meta.conf";

    /** In Ratis' format, a file of properties. */
    static final String TERM_AND_VOTE = "raft-meta";

    private static final String TERM = "term";
    private static final String VOTE = "votedFor";

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

    static Properties termAndVote(byte[] bytes) throws IOException {
        Properties facts = new Properties();
        facts.load(new ByteArrayInputStream(bytes));
        return facts;
    }

    /** A term in which nobody was given a vote. */
    static byte[] term(long term) throws IOException {
        Properties facts = new Properties();
        facts.setProperty(TERM, Long.toString(term));
        facts.setProperty(VOTE, "");
        return bytes(facts);
    }

    /** The same with a vote for another name of the one it was for; as it is when it was for somebody else. */
    static byte[] renamedVote(byte[] bytes, String before, String now) throws IOException {
        Properties facts = termAndVote(bytes);
        if (!before.equals(facts.getProperty(VOTE))) {
            return bytes;
        }
        facts.setProperty(VOTE, now);
        return bytes(facts);
    }

    private static byte[] bytes(Properties facts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        facts.store(bytes, null);
        String lines = bytes.toString(StandardCharsets.ISO_8859_1);
        return lines.substring(lines.indexOf('\n') + 1) // The first is the time, which nobody needs.
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
