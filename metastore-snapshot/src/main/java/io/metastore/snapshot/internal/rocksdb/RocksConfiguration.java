package io.metastore.snapshot.internal.rocksdb;

import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ChecksumType;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;

/** Every option of RocksDB that we rely on, set in one place and with its reason. */
final class RocksConfiguration {

    /**
     * So many flushed files of records are merged at a time. Keys come at random, so each merge writes about everything again, however little is new: with
     * RocksDB's four, an image every two seconds, which is a flush each, wrote the whole state again every eight. Large flushes do not wait for so many,
     * 256 MiB are enough. What it costs is a look into the filters of more files for a key that is not cached.
     */
    private static final int DATA_FILES_MERGED = 16;

    /** For each family, and started at each open however few files there are; RocksDB's sixteen make most of what opening a small state takes. */
    private static final int FILE_OPENING_THREADS = 2;

    private RocksConfiguration() {}

    static DBOptions database(RocksSettings settings, boolean create, Handles handles) {
        return handles.own(new DBOptions())
                .setCreateIfMissing(create)
                .setCreateMissingColumnFamilies(create)
                .setAtomicFlush(true) // There is no WAL: data and applied position must reach the disk together.
                .setAvoidFlushDuringShutdown(true) // Closing flushes by itself; abandoning must not.
                .setParanoidChecks(true)
                .setMaxOpenFiles(settings.openFilesMax())
                .setMaxFileOpeningThreads(FILE_OPENING_THREADS)
                .setMaxBackgroundJobs(settings.backgroundJobsMax())
                .setDbWriteBufferSize(2 * settings.writeBufferBytes()) // Over all families.
                .setBytesPerSync(
                        1 << 20) // Spreads the write-back of table files, so that journal fsyncs do not wait for it.
                .setAllowConcurrentMemtableWrite(false) // One writer.
                .setEnableWriteThreadAdaptiveYield(false)
                .setMaxManifestFileSize(16 << 20)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(4 << 20)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
    }

    /** For reading only; RocksDB writes no log of its own then. */
    static DBOptions reading(RocksSettings settings, Handles handles) {
        return handles.own(new DBOptions())
                .setCreateIfMissing(false)
                .setParanoidChecks(true)
                .setMaxOpenFiles(settings.openFilesMax())
                .setMaxFileOpeningThreads(FILE_OPENING_THREADS)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
    }

    static Map<Family, ColumnFamilyOptions> families(RocksSettings settings, Handles handles) {
        Cache cache = handles.own(new LRUCache(settings.blockCacheBytes()));
        return Map.of(
                Family.DATA, data(settings, cache, handles),
                Family.FEED, feed(settings, cache, handles),
                Family.SESSIONS, small(settings, cache, handles),
                Family.SYSTEM, small(settings, cache, handles));
    }

    /** Read at random, also for keys that are not there: every new key is looked up before it is written. */
    private static ColumnFamilyOptions data(RocksSettings settings, Cache cache, Handles handles) {
        return common(settings, cache, handles)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setBottommostCompressionType(CompressionType.LZ4_COMPRESSION)
                .setMemtablePrefixBloomSizeRatio(0.02)
                .setMemtableWholeKeyFiltering(true)
                .setLevel0FileNumCompactionTrigger(DATA_FILES_MERGED)
                .setLevel0SlowdownWritesTrigger(3 * DATA_FILES_MERGED)
                .setLevel0StopWritesTrigger(4 * DATA_FILES_MERGED)
                .setTargetFileSizeBase(32 << 20)
                .setMaxBytesForLevelBase(256L << 20);
    }

    /** Written in key order, read in key order from some point on, deleted from the front. */
    private static ColumnFamilyOptions feed(RocksSettings settings, Cache cache, Handles handles) {
        return common(settings, cache, handles)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTargetFileSizeBase(32 << 20);
    }

    /** Small, and gone or written over soon. */
    private static ColumnFamilyOptions small(RocksSettings settings, Cache cache, Handles handles) {
        return common(settings, cache, handles).setCompressionType(CompressionType.NO_COMPRESSION);
    }

    private static ColumnFamilyOptions common(RocksSettings settings, Cache cache, Handles handles) {
        return handles.own(new ColumnFamilyOptions())
                .setWriteBufferSize(settings.writeBufferBytes())
                .setMaxWriteBufferNumber(4)
                .setForceConsistencyChecks(true)
                .setParanoidFileChecks(false) // Would read each new file again; checksums are verified on every read.
                .setLevelCompactionDynamicLevelBytes(true)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setBlockSize(8 << 10)
                        .setFilterPolicy(handles.own(new BloomFilter(10)))
                        .setWholeKeyFiltering(true)
                        .setCacheIndexAndFilterBlocks(true) // Counted against the cache: memory stays bounded.
                        .setCacheIndexAndFilterBlocksWithHighPriority(true)
                        .setPinL0FilterAndIndexBlocksInCache(true)
                        .setChecksumType(ChecksumType.kXXH3)
                        .setFormatVersion(6));
    }
}
