package io.metastore.snapshot.journal;

import java.util.List;
import java.util.UUID;

/**
 * Transactions that one proposer put together. Sent again with the same bytes after a leader change; applied once.
 *
 * @param session the proposer, new for each time a store is opened
 * @param sequence counts the session's batches from 1; the batch with sequence 1 opens the session
 * @param transactions in the order in which they are applied; each has its own result
 */
public record JournalBatch(UUID session, long sequence, List<JournalTransaction> transactions) {
    public JournalBatch {
        if (sequence < 1) {
            throw new IllegalArgumentException("batch sequence must be at least 1: sequence=" + sequence);
        }
        transactions = List.copyOf(transactions);
    }
}
