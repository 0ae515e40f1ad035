package io.metastore.benchmarks.ratis;

import io.metastore.benchmarks.Member;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;

/** One running Ratis server. */
final class RatisMember implements Closeable {
    static final RaftGroupId GROUP =
            RaftGroupId.valueOf(UUID.nameUUIDFromBytes("benchmark".getBytes(StandardCharsets.UTF_8)));

    private final RaftServer server;
    private final HashMapStateMachine records = new HashMapStateMachine();

    private RatisMember(Member member, List<Member> members) throws IOException {
        boolean restart =
                Files.exists(member.directory().resolve(GROUP.getUuid().toString()));
        this.server = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(member.name()))
                .setGroup(RaftGroup.valueOf(
                        GROUP, members.stream().map(RatisMember::peer).toList()))
                .setOption(restart ? RaftStorage.StartupOption.RECOVER : RaftStorage.StartupOption.FORMAT)
                .setStateMachine(records)
                .setProperties(RatisProperties.of(member))
                .build();
    }

    static RatisMember open(Member member, List<Member> members) throws IOException {
        RatisMember opened = new RatisMember(member, members);
        try {
            opened.server.start();
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    RaftServer server() {
        return server;
    }

    HashMapStateMachine records() {
        return records;
    }

    /** Whether it leads and has applied everything its predecessor committed. */
    boolean isLeaderReady() {
        try {
            return info().isLeaderReady();
        } catch (IOException e) {
            return false; // Closed meanwhile.
        }
    }

    DivisionInfo info() throws IOException {
        return server.getDivision(GROUP).getInfo();
    }

    long committedIndex() throws IOException {
        return server.getDivision(GROUP).getRaftLog().getLastCommittedIndex();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private static RaftPeer peer(Member member) {
        return RaftPeer.newBuilder()
                .setId(member.name())
                .setAddress(member.address())
                .build();
    }
}
