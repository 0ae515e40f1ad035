package io.metastore.benchmarks.ratis;

import io.metastore.benchmarks.Member;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** The settings of one Ratis server: as fast as it goes without giving up durability. */
final class RatisProperties {
    private RatisProperties() {}

    static RaftProperties of(Member member) {
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(member.directory().toFile()));
        GrpcConfigKeys.Server.setHost(properties, Member.HOST);
        GrpcConfigKeys.Server.setPort(properties, member.port());
        elections(properties);
        log(properties);
        replication(properties);
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        return properties;
    }

    /** Long enough that a loaded machine with two cores elects nobody without need. */
    private static void elections(RaftProperties properties) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(1_000));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(2_000));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(200));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(400));
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, millis(2_000));
        RaftServerConfigKeys.setCloseThreshold(properties, millis(300_000));
    }

    private static void log(RaftProperties properties) {
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false); // Would acknowledge before the fsync.
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false); // Ignores a failed fsync.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false); // An entry of its own per commit.
        RaftServerConfigKeys.Log.setForceSyncNum(properties, 4_096); // Flushed when the queue is empty in any case.
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("64MB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("16MB"));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 3);
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, millis(10_000)); // Nothing is retried here.
    }

    private static void replication(RaftProperties properties) {
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, millis(1)); // At 0 the appenders spin.
        GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(properties, 32);
    }

    private static TimeDuration millis(long millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }
}
