package io.metastore.recovery.journal;

/**
 * Entries of one term that follow each other; the next run tells where they end.
 *
 * @param term of all of them
 * @param first index of the first
 */
public record TermRun(long term, long first) {}
