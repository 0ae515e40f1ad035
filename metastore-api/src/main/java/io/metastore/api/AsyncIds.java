package io.metastore.api;

import java.util.concurrent.CompletableFuture;

/** {@link Ids} without waiting: the same sequence of numbers. See {@link AsyncTable} for where futures complete. */
public interface AsyncIds {

    /** One number; a write of its own. */
    CompletableFuture<Long> next();

    /**
     * A block of numbers in one write.
     *
     * @param count how many, at least 1; less fails the future with {@link IllegalArgumentException}
     * @return the first; the block is {@code first .. first + count - 1}
     */
    CompletableFuture<Long> nextBlock(int count);

    /** As {@link Ids#nextBlockCommitted}. */
    CompletableFuture<Committed<Long>> nextBlockCommitted(int count);
}
