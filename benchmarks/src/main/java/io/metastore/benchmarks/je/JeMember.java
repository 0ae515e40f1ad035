package io.metastore.benchmarks.je;

import com.sleepycat.je.CheckpointConfig;
import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.DbInternal;
import com.sleepycat.je.Durability;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationStatus;
import com.sleepycat.je.rep.NoConsistencyRequiredPolicy;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.ReplicationConfig;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Member;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One running JE environment with its one database. */
final class JeMember implements Closeable {
    private static final Durability DURABILITY = new Durability(
            Durability.SyncPolicy.SYNC, Durability.SyncPolicy.SYNC, Durability.ReplicaAckPolicy.SIMPLE_MAJORITY);
    private static final String GROUP = "benchmark";
    private static final String DATABASE = "records";

    private final ReplicatedEnvironment environment;
    /** Opened on first use: on a replica it exists only once the master has made it and replication has brought it. */
    private volatile @Nullable Database database;

    private JeMember(ReplicatedEnvironment environment) {
        this.environment = environment;
    }

    /** Returns when the member is master, or replica of one and as recent as it was; this needs a majority. */
    static JeMember open(Member member, List<Member> members, ImagePlan plan) {
        ReplicationConfig replication = new ReplicationConfig(GROUP, member.name(), member.address());
        replication.setHelperHosts(helpers(member, members));
        replication.setConfigParam(ReplicationConfig.ENV_SETUP_TIMEOUT, "300 s");
        replication.setReplicaAckTimeout(10, TimeUnit.SECONDS);
        replication.setConsistencyPolicy(NoConsistencyRequiredPolicy.NO_CONSISTENCY);
        EnvironmentConfig environment = new EnvironmentConfig();
        environment.setAllowCreate(true);
        environment.setTransactional(true);
        environment.setDurability(DURABILITY);
        environment.setLockTimeout(10, TimeUnit.SECONDS);
        environment.setSharedCache(true); // Or each of the three would take 60 % of the heap.
        if (plan == ImagePlan.ON_REQUEST) {
            environment.setConfigParam(EnvironmentConfig.ENV_RUN_CHECKPOINTER, "false");
        }
        return new JeMember(new ReplicatedEnvironment(member.directory().toFile(), replication, environment));
    }

    boolean isMaster() {
        return environment.isValid() && environment.getState().isMaster();
    }

    boolean isReplica() {
        return environment.isValid() && environment.getState().isReplica();
    }

    void put(String key, byte[] value) {
        database().put(null, entry(key), new DatabaseEntry(value));
    }

    byte @Nullable [] read(String key) {
        DatabaseEntry value = new DatabaseEntry();
        OperationStatus status = database().get(null, entry(key), value, LockMode.READ_COMMITTED);
        return status == OperationStatus.SUCCESS ? value.getData() : null;
    }

    /** Opens the database; creates it on the master. */
    synchronized Database database() {
        Database open = database;
        if (open == null) {
            DatabaseConfig config = new DatabaseConfig().setTransactional(true).setAllowCreate(isMaster());
            open = environment.openDatabase(null, DATABASE, config);
            database = open;
        }
        return open;
    }

    /** Writes what is changed in the B-tree to the log, so that recovery begins there. */
    void checkpoint() {
        environment.checkpoint(new CheckpointConfig().setForce(true));
    }

    /** Stops without a checkpoint and with whatever operations are under way; they fail. */
    void crash() {
        DbInternal.getNonNullEnvImpl(environment).abnormalClose();
    }

    @Override
    public synchronized void close() {
        Database open = database;
        try {
            if (open != null && environment.isValid()) {
                open.close();
            }
        } finally {
            environment.close();
        }
    }

    private static DatabaseEntry entry(String key) {
        return new DatabaseEntry(key.getBytes(StandardCharsets.UTF_8));
    }

    /** The first member helps itself and only itself: that makes it the founder of a new group. */
    private static String helpers(Member member, List<Member> members) {
        Member founder = members.get(0);
        return members.stream()
                .filter(other -> member.equals(founder) ? other.equals(founder) : !other.equals(member))
                .map(Member::address)
                .collect(Collectors.joining(","));
    }
}
