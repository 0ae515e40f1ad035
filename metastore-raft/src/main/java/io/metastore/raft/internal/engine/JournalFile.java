package io.metastore.raft.internal.engine;

/**
 * A closed file of a journal; the journal is purged by whole ones.
 *
 * @param first its first entry
 * @param last its last entry
 * @param bytes its length
 */
public record JournalFile(long first, long last, long bytes) {}
