package io.metastore.raft.internal.ratis;

import static org.apache.ratis.server.RaftServerConfigKeys.Log;
import static org.apache.ratis.server.RaftServerConfigKeys.Rpc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.datastream.SupportedDataStreamType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Every Ratis option we rely on, set explicitly and in one place: some defaults put data into a temporary folder or lose acknowledged writes. */
final class RatisOptions {
    /** Room for what Ratis adds around an entry: client id, call id, term, index. */
    private static final int ENTRY_OVERHEAD_BYTES = 64 << 10;

    /** Closed files whose entries stay in memory beside those of the file that is being written: for a follower that is a little behind. */
    private static final int SEGMENTS_CACHED_MAX = 1;

    private static final long SEGMENT_CACHE_BYTES_MAX = 32L << 20;
    private static final TimeDuration NEVER = TimeDuration.valueOf(36_500, TimeUnit.DAYS);

    private RatisOptions() {}

    static RaftProperties from(RatisSettings settings) {
        RaftProperties options = new RaftProperties();
        storage(options, settings);
        elections(options, settings.timeouts());
        journal(options, settings.limits());
        appender(options, settings.limits());
        snapshots(options);
        requests(options, settings.limits());
        threads(options);
        return options;
    }

    /** Largest serialized journal entry. */
    static int entryBytesMax(RatisSettings.Limits limits) {
        return limits.entryBytesMax() + ENTRY_OVERHEAD_BYTES;
    }

    private static void storage(RaftProperties options, RatisSettings settings) {
        RaftServerConfigKeys.setStorageDir(options, List.of(settings.directory().toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(
                options, settings.directory().resolveSibling("removed-groups").toFile());
        RaftServerConfigKeys.setStorageFreeSpaceMin(
                options, SizeInBytes.valueOf(settings.limits().freeBytesMin()));
    }

    private static void elections(RaftProperties options, RatisSettings.Timeouts timeouts) {
        Rpc.setTimeoutMin(options, millis(timeouts.electionMin()));
        Rpc.setTimeoutMax(options, millis(timeouts.electionMax()));
        Rpc.setFirstElectionTimeoutMin(options, millis(timeouts.firstElectionMin()));
        Rpc.setFirstElectionTimeoutMax(options, millis(timeouts.firstElectionMax()));
        Rpc.setRequestTimeout(options, millis(timeouts.request()));
        Rpc.setSlownessTimeout(options, TimeDuration.valueOf(60, TimeUnit.SECONDS));
        RaftServerConfigKeys.LeaderElection.setPreVote(options, true);
        RaftServerConfigKeys.LeaderElection.setMemberMajorityAdd(options, false);
        // How long a leader that lost its majority keeps from standing again; also the pause of the JVM after which it
        // steps down.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(options, millis(timeouts.electionMax()));
        RaftServerConfigKeys.setSleepDeviationThreshold(options, millis(timeouts.electionMin()));
        // A paused JVM (debugger, laptop lid) must not close the server for good: stepping down is enough.
        RaftServerConfigKeys.setCloseThreshold(options, NEVER);
        RaftServerConfigKeys.setStagingTimeout(options, TimeDuration.valueOf(10, TimeUnit.SECONDS));
        RaftServerConfigKeys.setStagingCatchupGap(options, 1000);
        RaftServerConfigKeys.Notification.setNoLeaderTimeout(options, TimeDuration.valueOf(60, TimeUnit.SECONDS));
    }

    private static void journal(RaftProperties options, RatisSettings.Limits limits) {
        Log.setUseMemory(options, false);
        // Both acknowledge before the disk has the entry, or for entries it does not have.
        Log.setAsyncFlushEnabled(options, false);
        Log.setUnsafeFlushEnabled(options, false);
        Log.setLogMetadataEnabled(options, false); // Else a second entry and a second fsync after every commit.
        Log.setCorruptionPolicy(options, Log.CorruptionPolicy.EXCEPTION);
        Log.setSegmentSizeMax(options, SizeInBytes.valueOf(limits.segmentBytesMax()));
        Log.setPreallocatedSize(
                options, SizeInBytes.valueOf(Math.min(SegmentBytes.PREALLOCATED, limits.segmentBytesMax())));
        Log.setSegmentCacheNumMax(options, SEGMENTS_CACHED_MAX);
        Log.setSegmentCacheSizeMax(options, SizeInBytes.valueOf(SEGMENT_CACHE_BYTES_MAX));
        Log.setWriteBufferSize(options, SizeInBytes.valueOf(entryBytesMax(limits) + 1024));
        Log.setForceSyncNum(options, 4096); // The queue running empty also forces; this only caps a batch.
        Log.setQueueElementLimit(options, 8192);
        Log.setQueueByteLimit(options, SizeInBytes.valueOf(Math.max(64L << 20, 2L * entryBytesMax(limits))));
        Log.setReadLockEnabled(options, true);
        // Off: two hand-overs fewer per append, and with it a longer resend of entries still on their way is
        // acknowledged in full although its
        // end was dropped. IncomingRaft passes appends on one at a time instead.
        Log.setAppendEntriesComposeEnabled(options, false);
        // Purging is asked for by us, never a side effect; then it should happen at once.
        Log.setPurgeGap(options, 1);
        Log.setPurgeUptoSnapshotIndex(options, false);
        Log.setPurgePreservationLogNum(options, 0);
        Log.StateMachineData.setSync(options, true);
        Log.StateMachineData.setCachingEnabled(options, false);
    }

    private static void appender(RaftProperties options, RatisSettings.Limits limits) {
        // Also the limit for reading entries back, see Limits#entryBytesMax.
        Log.Appender.setBufferByteLimit(options, SizeInBytes.valueOf(entryBytesMax(limits)));
        Log.Appender.setBufferElementLimit(options, 0);
        Log.Appender.setWaitTimeMin(options, TimeDuration.valueOf(0, TimeUnit.MILLISECONDS));
        Log.Appender.setInstallSnapshotEnabled(options, false); // By notification; images travel outside Raft.
    }

    private static void snapshots(RaftProperties options) {
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(options, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(options, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(options, false);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(options, -1);
    }

    private static void requests(RaftProperties options, RatisSettings.Limits limits) {
        RaftServerConfigKeys.Write.setElementLimit(options, limits.pendingEntriesMax());
        RaftServerConfigKeys.Write.setByteLimit(options, SizeInBytes.valueOf(limits.pendingBytesMax()));
        RaftServerConfigKeys.Write.setFollowerGapRatioMax(options, -1);
        // Nobody retries with the same call id: exactly-once is ours, in the state. The cache only costs memory.
        RaftServerConfigKeys.RetryCache.setExpiryTime(options, TimeDuration.valueOf(500, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.RetryCache.setStatisticsExpiryTime(options, TimeDuration.valueOf(1, TimeUnit.SECONDS));
        RaftServerConfigKeys.Read.setOption(options, RaftServerConfigKeys.Read.Option.DEFAULT);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(options, false);
        RaftServerConfigKeys.Read.ReadAfterWriteConsistent.setWriteIndexCacheExpiryTime(
                options, TimeDuration.valueOf(500, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Read.ReadIndex.setType(options, RaftServerConfigKeys.Read.ReadIndex.Type.COMMIT_INDEX);
    }

    private static void threads(RaftProperties options) {
        RaftConfigKeys.Rpc.setType(options, new TransportRpcType());
        RaftConfigKeys.DataStream.setType(options, SupportedDataStreamType.DISABLED);
        // Cached without a bound: with a bound, Ratis' cached pool runs a single thread and queues the rest.
        RaftServerConfigKeys.ThreadPool.setProxyCached(options, true);
        RaftServerConfigKeys.ThreadPool.setProxySize(options, 0);
        RaftServerConfigKeys.ThreadPool.setServerCached(options, true);
        RaftServerConfigKeys.ThreadPool.setServerSize(options, 0);
        RaftServerConfigKeys.ThreadPool.setClientCached(options, true);
        RaftServerConfigKeys.ThreadPool.setClientSize(options, 0);
    }

    private static TimeDuration millis(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
