package io.metastore.raft.internal.transport;

import static io.metastore.raft.internal.transport.Calls.LONG;
import static io.metastore.raft.internal.transport.Calls.assertFailed;
import static io.metastore.raft.internal.transport.Calls.bytes;
import static io.metastore.raft.internal.transport.Calls.failureOf;
import static io.metastore.raft.internal.transport.Calls.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS and mutual TLS between members, and what happens when the two sides do not agree. */
@Timeout(60)
class GrpcTlsTest {
    private static TlsFiles mutual;
    private static TlsFiles mutualOther;
    private static TlsFiles serverOnly;
    private static TlsFiles foreign;

    private final GrpcMembers members = new GrpcMembers();

    @BeforeAll
    static void makeCertificates(@TempDir Path folder) throws Exception {
        TestCertificates certificates = new TestCertificates(folder.resolve("own"));
        mutual = certificates.member("fe1", true);
        mutualOther = certificates.member("fe2", true);
        serverOnly = certificates.member("fe3", false);
        foreign = new TestCertificates(folder.resolve("foreign")).member("fe1", true);
    }

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void membersWithCertificatesOfOneAuthorityTalk() throws Exception {
        String a = members.newAddress();
        String b = members.newAddress();
        GrpcTransport atA = open(a, mutual);
        GrpcTransport atB = open(b, mutualOther);
        atA.listen(Calls::echo);
        atB.listen(Calls::echo);
        assertThat(get(atA.call(b, Method.RAFT_APPEND, bytes("to b"), LONG))).isEqualTo("to b");
        assertThat(get(atB.call(a, Method.FORWARD, bytes("to a"), LONG))).isEqualTo("to a");
    }

    @Test
    void withoutMutualTlsTheCallersCertificateDoesNotMatter() throws Exception {
        String server = listening(serverOnly);
        TlsFiles caller = new TlsFiles(foreign.certificate(), foreign.privateKey(), serverOnly.trusted(), false);
        assertThat(get(open(members.newAddress(), caller).call(server, Method.HELLO, bytes("x"), LONG)))
                .isEqualTo("x");
    }

    @Test
    void withMutualTlsACallerOfAnotherAuthorityIsNotLetIn() throws Exception {
        String server = listening(mutual);
        TlsFiles caller = new TlsFiles(foreign.certificate(), foreign.privateKey(), mutual.trusted(), true);
        Throwable failure = failureOf(open(members.newAddress(), caller).call(server, Method.HELLO, bytes("x"), LONG));
        assertThat(failure).isInstanceOfSatisfying(TransportException.class, e -> assertThat(e.kind())
                .isNotEqualTo(TransportException.Kind.FAILED));
    }

    @Test
    void aServerOfAnotherAuthorityIsRefusedByTheCaller() throws Exception {
        String server = listening(foreign);
        assertFailed(
                open(members.newAddress(), mutual).call(server, Method.HELLO, bytes("x"), LONG),
                TransportException.Kind.REFUSED);
    }

    @Test
    void plaintextAndTlsDoNotMeet() throws Exception {
        String tlsServer = listening(mutual);
        Transport plainCaller = members.open(members.newAddress());
        assertFailed(plainCaller.call(tlsServer, Method.HELLO, bytes("x"), LONG), TransportException.Kind.UNREACHABLE);
        String plainServer = members.newAddress();
        members.open(plainServer).listen(Calls::echo);
        assertThat(failureOf(open(members.newAddress(), mutual).call(plainServer, Method.HELLO, bytes("x"), LONG)))
                .isInstanceOf(TransportException.class);
    }

    @Test
    void tlsMayListenBeyondLoopback() throws Exception {
        String address = members.newAddress();
        GrpcTransport transport = members.open(
                address,
                GrpcMembers.CREDENTIALS,
                GrpcMembers.options().tls(mutual).bindHost("0.0.0.0"));
        transport.listen(Calls::echo);
        assertThat(get(transport.call(address, Method.HELLO, bytes("x"), LONG))).isEqualTo("x");
    }

    @Test
    void aMissingOrBrokenFileIsAnErrorThatNamesIt(@TempDir Path folder) throws Exception {
        Path absent = folder.resolve("absent.pem");
        assertThatThrownBy(() ->
                        open(members.newAddress(), new TlsFiles(absent, mutual.privateKey(), mutual.trusted(), true)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("absent.pem");
        Path broken = Files.writeString(folder.resolve("broken.pem"), "this is no certificate");
        assertThatThrownBy(() ->
                        open(members.newAddress(), new TlsFiles(broken, mutual.privateKey(), mutual.trusted(), true)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.pem");
    }

    private String listening(TlsFiles tls) throws IOException {
        String address = members.newAddress();
        open(address, tls).listen(Calls::echo);
        return address;
    }

    private GrpcTransport open(String address, TlsFiles tls) throws IOException {
        return members.open(
                address, GrpcMembers.CREDENTIALS, GrpcMembers.options().tls(tls));
    }
}
