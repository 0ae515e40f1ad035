package io.metastore.raft.internal.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

final class GrpcMembers implements TestMembers {
    static final ClusterCredentials CREDENTIALS = ClusterCredentials.of(Calls.bytes("secret"), "cluster-1");

    private final List<Transport> opened = new ArrayList<>();

    @Override
    public String newAddress() {
        return TestPorts.nextAddress();
    }

    @Override
    public Transport open(String address) throws IOException {
        return open(address, CREDENTIALS, options());
    }

    /** Defaults with time for a busy machine to load classes within. */
    static GrpcOptions.Builder options() {
        return GrpcOptions.builder().connectTimeout(Duration.ofSeconds(15)).threadNamePrefix("member");
    }

    GrpcTransport open(String address, ClusterCredentials credentials, GrpcOptions.Builder options) throws IOException {
        GrpcTransport transport = new GrpcTransport(address, credentials, options.build());
        opened.add(transport);
        return transport;
    }

    @Override
    public void close() {
        opened.forEach(Transport::close);
    }
}
