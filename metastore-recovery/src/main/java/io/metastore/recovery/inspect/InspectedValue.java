package io.metastore.recovery.inspect;

/**
 * A key, value or argument.
 *
 * @param bytes as they are stored, whole
 * @param form how they were understood
 * @param value the application's object; or a {@code String}, {@code Long}, {@code UUID}, {@code Map} of a record's components by name, {@code List} of a tuple's
 *     parts; or the bytes again. What is inside of a map or list is of these types and of those that records may hold
 * @param text for people, shortened when it is long: then it ends with how many bytes there are
 * @param problem why the bytes were not understood as the table's definition or codec says; empty when they were
 */
@SuppressWarnings("ArrayRecordComponent") // A carrier; compared nowhere.
public record InspectedValue(byte[] bytes, Form form, Object value, String text, String problem) {

    /** How bytes were understood. */
    public enum Form {
        /** By the application's own definition of the table or command. */
        TYPED,
        /** By the codec that the table was registered with. */
        DECODED,
        /** They happen to be readable text. */
        TEXT,
        /** Not at all. */
        BYTES
    }

    /** The text, and the problem behind it. */
    @Override
    public String toString() {
        return problem.isEmpty() ? text : text + " (" + problem + ")";
    }
}
