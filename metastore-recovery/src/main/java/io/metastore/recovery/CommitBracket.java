package io.metastore.recovery;

/**
 * How far the freshest log was committed, as far as can be told. What is above {@code possible} is certainly not committed; in between nobody knows.
 *
 * @param proven highest index that is certainly committed; -1 for none
 * @param possible highest index that may be committed; not below {@code proven}
 */
public record CommitBracket(long proven, long possible) {}
