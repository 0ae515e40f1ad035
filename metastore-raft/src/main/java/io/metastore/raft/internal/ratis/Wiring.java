package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.transport.Transport;
import org.apache.ratis.conf.Parameters;

/** What the parts that Ratis creates need from the engine. */
record Wiring(
        RatisSettings settings,
        Transport transport,
        EngineLife life,
        DurableTerm durableTerm,
        LeaderWatch leaderWatch,
        Appenders appenders,
        JournalBeginFile begin,
        EngineThreads threads) {
    private static final String KEY = "metastore.wiring";

    Parameters asParameters() {
        Parameters parameters = new Parameters();
        parameters.put(KEY, this, Wiring.class);
        return parameters;
    }

    static Wiring from(Parameters parameters) {
        return parameters.getNonNull(KEY, Wiring.class);
    }
}
