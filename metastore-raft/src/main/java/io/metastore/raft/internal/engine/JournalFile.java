package io.metastore.raft.internal.engine;

import java.nio.file.Path;

/**
 * A closed file of a journal; the journal is purged by whole ones.
 *
 * @param path where it is
 * @param first its first entry
 * @param last its last entry
 * @param bytes its length
 */
public record JournalFile(Path path, long first, long last, long bytes) {}
