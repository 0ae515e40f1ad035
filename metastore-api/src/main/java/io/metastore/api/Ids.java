package io.metastore.api;

/**
 * A replicated sequence of numbers, from 1. A number is never handed out twice, by any member, also across restarts and recovery; numbers
 * may be skipped, for example by a call whose outcome is unknown. Callable from any thread; blocks and fails like a write of {@link Table}.
 */
public interface Ids {

    /** One number; a write of its own. */
    long next();

    /**
     * A block of numbers in one write.
     *
     * @param count how many, at least 1
     * @return the first; the block is {@code first .. first + count - 1}
     * @throws IllegalArgumentException the count is below 1
     */
    long nextBlock(int count);

    /**
     * As {@link #nextBlock}, with the receipt of the write: {@link Cluster#fateOf} tells by it whether the numbers are still taken after a recovery.
     *
     * @return the first of the block, and the revision of the write
     */
    Committed<Long> nextBlockCommitted(int count);
}
