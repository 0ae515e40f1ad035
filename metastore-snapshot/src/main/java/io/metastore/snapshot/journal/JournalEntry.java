package io.metastore.snapshot.journal;

/**
 * One entry of the journal: a batch as its proposer wrote it, and what the leader added when it put it into the journal.
 *
 * @param leaderTimeMillis the leader's clock, milliseconds since 1970; applied as the maximum of all seen so far, so it never goes back
 * @param commitIndex the leader's commit index at that moment: all up to it is committed, in every journal that holds this entry; -1 says nothing
 * @param batch the transactions
 */
public record JournalEntry(long leaderTimeMillis, long commitIndex, JournalBatch batch) {}
