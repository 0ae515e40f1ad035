package io.metastore.raft.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.metastore.api.MetaStore;
import io.metastore.raft.remote.RemoteMember;
import io.metastore.raft.remote.Reply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that are there and cannot say what is asked. Metastore-recovery is not on the class path of this module. */
class RemoteMemberTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    @Test
    void memberWithoutRecoveryOnItsClassPathSaysSo() {
        String address = TestPorts.nextAddress();
        try (MetaStore store = MetaStore.builder(directory)
                        .member("fe1", address)
                        .bootstrap("fe1=" + address)
                        .open();
                RemoteMember member = RemoteMember.at(address, null, null, "", PATIENCE)) {
            Reply reply = member.survey(new byte[0]);
            assertThat(reply.kind()).isEqualTo(Reply.Kind.REFUSED);
            assertThat(reply.why()).contains("have io.metastore:metastore-recovery on its class path", "member=fe1");
            assertThat(member.knock().kind()).isEqualTo(Reply.Kind.ANSWERED);
            assertThat(store.status().member()).isEqualTo("fe1");
        }
    }

    /** A build of before refuses numbers it does not know, frame for frame like this. */
    @Test
    void memberOfAnOlderBuildIsThereAndRefuses() throws Exception {
        ServerServiceDefinition old = ServerServiceDefinition.builder(TrafficClass.SERVICE_NAME)
                .addMethod(TrafficClass.SERVICE.stream(), RemoteMemberTest::refusing)
                .build();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(old)
                .build()
                .start();
        try (RemoteMember member = RemoteMember.at("127.0.0.1:" + server.getPort(), null, null, "", PATIENCE)) {
            Reply reply = member.survey(new byte[0]);
            assertThat(reply.kind()).isEqualTo(Reply.Kind.REFUSED);
            assertThat(reply.isAlive()).isTrue();
            assertThat(reply.why()).contains("unknown method: number=26; upgrade the older member");
        } finally {
            server.shutdownNow();
        }
    }

    private static ServerCall.Listener<StreamFrame> refusing(
            ServerCall<StreamFrame, StreamFrame> call, Metadata headers) {
        call.sendHeaders(new Metadata());
        call.request(10);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(StreamFrame frame) {
                if (frame.kind() == StreamFrame.REQUEST) {
                    call.sendMessage(StreamFrame.failure(
                            frame.callId(),
                            new TransportException(
                                    TransportException.Kind.REFUSED,
                                    "unknown method: number=" + frame.method() + "; upgrade the older member")));
                }
            }
        };
    }
}
