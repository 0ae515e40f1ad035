package io.metastore.snapshot.state;

/** Records that can be changed; reads see the changes. */
public interface WritableRecords extends RecordSource {

    void put(int table, byte[] key, int valueVersion, byte[] value);

    /** Says whether it was there. */
    boolean remove(int table, byte[] key);
}
