package io.metastore.recovery.inspect;

/**
 * A table as it is registered.
 *
 * @param id number under which the journal refers to it; 0 for one that is being registered and whose number is not known
 * @param name empty when it is not known
 * @param keyCodec id of the codec of its keys; empty when it is not known
 * @param valueCodec id of the codec of its values; empty when it is not known
 * @param version of the definition; 0 when it is not known
 */
public record InspectedTable(int id, String name, String keyCodec, String valueCodec, int version) {

    /** A table of which nothing but the number is known. */
    static InspectedTable unknown(int id) {
        return new InspectedTable(id, "", "", "", 0);
    }

    /** Its name, or {@code #number} when that is not known. */
    @Override
    public String toString() {
        return name.isEmpty() ? "#" + id : name;
    }
}
