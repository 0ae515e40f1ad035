package io.metastore.recovery;

/** Hears what a recovery is doing, on the thread that does it. Must return soon. */
@FunctionalInterface
public interface RecoveryProgress {

    /** Does nothing. */
    RecoveryProgress NONE = (step, done, total) -> {};

    /**
     * Something is begun, or has come further.
     *
     * @param step a word
     * @param done bytes of it, where they are counted; 0 elsewhere
     * @param total how many there are; -1 where they are not counted
     */
    void at(String step, long done, long total);
}
