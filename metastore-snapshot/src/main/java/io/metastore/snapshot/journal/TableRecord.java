package io.metastore.snapshot.journal;

/**
 * A table as registered in the cluster.
 *
 * @param id its number, the prefix of its keys; 0 while it is being registered
 */
public record TableRecord(int id, String name, String keyCodec, String valueCodec, int version) {}
