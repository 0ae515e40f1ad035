package io.metastore.raft.internal.transport;

import java.util.ArrayList;
import java.util.List;

final class InJvmMembers implements TestMembers {
    private final InJvmNetwork network = new InJvmNetwork();
    private final List<Transport> opened = new ArrayList<>();
    private int addresses;

    @Override
    public String newAddress() {
        return "member" + ++addresses;
    }

    @Override
    public Transport open(String address) {
        Transport transport = network.transport(address);
        opened.add(transport);
        return transport;
    }

    @Override
    public void close() {
        opened.forEach(Transport::close);
    }
}
