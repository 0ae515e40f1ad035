package io.metastore.raft.internal.transport;

import static io.metastore.raft.internal.transport.Calls.LONG;
import static io.metastore.raft.internal.transport.Calls.assertFailed;
import static io.metastore.raft.internal.transport.Calls.bytes;
import static io.metastore.raft.internal.transport.Calls.failureOf;
import static io.metastore.raft.internal.transport.Calls.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is let in: token, cluster, version of the frames, and what may be listened on in plaintext. */
@Timeout(60)
class GrpcSecurityTest {
    private final GrpcMembers members = new GrpcMembers();
    private final AtomicInteger handled = new AtomicInteger();
    private String server;

    @BeforeEach
    void listen() throws IOException {
        server = members.newAddress();
        members.open(server).listen(this::count);
    }

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void aWrongTokenIsRefusedAndNothingIsHandled() throws Exception {
        GrpcTransport stranger = caller(ClusterCredentials.of(bytes("guess"), "cluster-1"));
        for (Method method : Method.values()) {
            CompletableFuture<byte[]> call = stranger.call(server, method, bytes("x"), LONG);
            assertThat(failureOf(call)).hasMessageContaining("token");
            assertFailed(call, TransportException.Kind.REFUSED);
        }
        assertThat(handled).hasValue(0);
    }

    @Test
    void aStrangerLearnsNothingOfTheCluster() throws Exception {
        GrpcTransport stranger = caller(ClusterCredentials.of(bytes("guess"), "cluster-2"));
        assertThat(failureOf(stranger.call(server, Method.HELLO, bytes("x"), LONG)))
                .hasMessageNotContaining("cluster-1");
    }

    @Test
    void anotherClusterWithTheSameTokenIsRefusedBothWays() throws Exception {
        String other = members.newAddress();
        GrpcTransport foreign =
                members.open(other, ClusterCredentials.of(bytes("secret"), "cluster-2"), GrpcMembers.options());
        foreign.listen(this::count);
        CompletableFuture<byte[]> call = foreign.call(server, Method.RAFT_VOTE, bytes("x"), LONG);
        assertThat(failureOf(call)).hasMessageContaining("cluster-1").hasMessageContaining("cluster-2");
        assertFailed(call, TransportException.Kind.REFUSED);
        assertFailed(
                members.open(members.newAddress()).call(other, Method.RAFT_APPEND, bytes("x"), LONG),
                TransportException.Kind.REFUSED);
        assertThat(handled).hasValue(0);
    }

    @Test
    void aMemberWithoutClusterMayOnlyMakeFirstContactUntilItHasLearnedTheCluster() throws Exception {
        ClusterCredentials credentials = ClusterCredentials.of(bytes("secret"), "");
        GrpcTransport joining = caller(credentials);
        assertThat(get(joining.call(server, Method.HELLO, bytes("x"), LONG))).isEqualTo("x");
        assertThat(get(joining.call(server, Method.DESCRIBE, bytes("x"), LONG))).isEqualTo("x");
        assertFailed(joining.call(server, Method.FORWARD, bytes("x"), LONG), TransportException.Kind.REFUSED);
        assertFailed(joining.call(server, Method.RAFT_VOTE, bytes("x"), LONG), TransportException.Kind.REFUSED);
        assertThat(handled).hasValue(2);
        credentials.adopt("cluster-1");
        joining.reconnect();
        assertThat(get(joining.call(server, Method.FORWARD, bytes("x"), LONG))).isEqualTo("x");
        assertThat(get(joining.call(server, Method.RAFT_VOTE, bytes("x"), LONG)))
                .isEqualTo("x");
    }

    @Test
    void aMemberWithoutClusterAnswersOnlyFirstContact() throws Exception {
        String empty = members.newAddress();
        members.open(empty, ClusterCredentials.of(bytes("secret"), ""), GrpcMembers.options())
                .listen(this::count);
        Transport caller = members.open(members.newAddress());
        assertThat(get(caller.call(empty, Method.HELLO, bytes("x"), LONG))).isEqualTo("x");
        assertFailed(caller.call(empty, Method.RAFT_APPEND, bytes("x"), LONG), TransportException.Kind.REFUSED);
        assertThat(handled).hasValue(1);
    }

    @Test
    void aMemberNeverChangesItsCluster() {
        ClusterCredentials credentials = ClusterCredentials.of(bytes("secret"), "cluster-1");
        credentials.adopt("cluster-1");
        assertThatThrownBy(() -> credentials.adopt("cluster-2"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cluster-2");
    }

    @Test
    void plaintextBeyondLoopbackMustBeAskedForByName() throws Exception {
        String address = members.newAddress();
        GrpcTransport open = members.open(
                address, GrpcMembers.CREDENTIALS, GrpcMembers.options().bindHost("0.0.0.0"));
        assertThatThrownBy(() -> open.listen(Calls::echo))
                .isInstanceOfSatisfying(TransportException.class, refusal -> assertThat(refusal.kind())
                        .isEqualTo(TransportException.Kind.REFUSED))
                .hasMessageContaining("plaintextBeyondLoopback");
        open.close();
        GrpcTransport asked = members.open(
                address,
                GrpcMembers.CREDENTIALS,
                GrpcMembers.options().bindHost("0.0.0.0").plaintextBeyondLoopback(true));
        asked.listen(Calls::echo);
        assertThat(get(asked.call(address, Method.HELLO, bytes("x"), LONG))).isEqualTo("x");
    }

    private GrpcTransport caller(ClusterCredentials credentials) throws IOException {
        return members.open(members.newAddress(), credentials, GrpcMembers.options());
    }

    private CompletableFuture<byte[]> count(Method method, byte[] request) {
        handled.incrementAndGet();
        return Calls.echo(method, request);
    }
}
