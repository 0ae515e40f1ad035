package io.metastore.snapshot.internal.rocksdb;

/**
 * What a store may use of memory, files and threads.
 *
 * @param name shown in messages
 * @param blockCacheBytes blocks, index and filter blocks kept in memory, shared by all families
 * @param writeBufferBytes writes of one family kept in memory before all families are flushed together
 * @param openFilesMax table files open at once
 * @param backgroundJobsMax flushes and compactions at once
 */
public record RocksSettings(
        String name, long blockCacheBytes, long writeBufferBytes, int openFilesMax, int backgroundJobsMax) {}
