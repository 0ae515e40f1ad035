package io.metastore.raft.internal.transport;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * TLS between members, from PEM files. The host in a member's address must be among the names of its certificate.
 *
 * @param certificate chain of this member, own certificate first
 * @param privateKey its key, PKCS #8, not encrypted
 * @param trusted certificates of the authorities that sign the members' certificates; nothing else is trusted
 * @param mutual whether callers must show a certificate too; members always do
 */
public record TlsFiles(Path certificate, Path privateKey, Path trusted, boolean mutual) {

    /** @throws IOException a file cannot be read */
    ServerCredentials server() throws IOException {
        return TlsServerCredentials.newBuilder()
                .keyManager(certificate.toFile(), privateKey.toFile())
                .trustManager(trusted.toFile())
                .clientAuth(mutual ? TlsServerCredentials.ClientAuth.REQUIRE : TlsServerCredentials.ClientAuth.NONE)
                .build();
    }

    /** @throws IOException a file cannot be read, or does not hold what it should */
    ChannelCredentials channel() throws IOException {
        ChannelCredentials credentials = TlsChannelCredentials.newBuilder()
                .keyManager(certificate.toFile(), privateKey.toFile())
                .trustManager(trusted.toFile())
                .build();
        checkUsable(credentials);
        return credentials;
    }

    /** gRPC looks into the files only when they are used; an operator wants to know at start. */
    private void checkUsable(ChannelCredentials credentials) throws IOException {
        try {
            var unused = NettyChannelBuilder.forAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), credentials);
        } catch (RuntimeException e) {
            throw new IOException(
                    "TLS files cannot be used: certificate=" + certificate + " privateKey=" + privateKey + " trusted="
                            + trusted + "; give PEM files, the key as unencrypted PKCS #8",
                    e);
        }
    }
}
