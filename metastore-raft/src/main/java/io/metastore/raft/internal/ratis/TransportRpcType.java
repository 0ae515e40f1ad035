package io.metastore.raft.internal.ratis;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;

/** Tells Ratis to talk over our transport. Ratis finds it by class name and creates it by reflection. */
public final class TransportRpcType implements RpcType {
    @Override
    public String name() {
        return TransportRpcType.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new RatisServerFactory(this, Wiring.from(parameters));
    }
}
