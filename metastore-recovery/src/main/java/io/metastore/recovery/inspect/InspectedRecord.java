package io.metastore.recovery.inspect;

/**
 * A record of a state.
 *
 * @param table it is in
 * @param key decoded as well as can be
 * @param value decoded as well as can be
 * @param valueVersion version of the table's definition that wrote the value
 * @param version how often the key was written since it was last created, from 1
 * @param createRevision that created it
 * @param modRevision that last wrote it
 */
public record InspectedRecord(
        InspectedTable table,
        InspectedValue key,
        InspectedValue value,
        int valueVersion,
        long version,
        long createRevision,
        long modRevision) {

    @Override
    public String toString() {
        return table + "[" + key + "] = " + value + " (v" + valueVersion + ") version=" + version + " created="
                + createRevision + " modified=" + modRevision;
    }
}
