package io.metastore.recovery.internal.inspect;

import java.util.function.Function;

/**
 * How bytes are to be read, found out from the id of the codec that wrote them, without the application's classes: records and tuples spell their parts out in
 * their ids. Immutable.
 */
public final class Format {

    private final String id;
    private final Function<Bytes, Object> reader;

    private Format(String id, Function<Bytes, Object> reader) {
        this.id = id;
        this.reader = reader;
    }

    /** Ids that cannot be read without the application: messages and codecs of its own. */
    public static final class UnknownException extends Exception {
        private static final long serialVersionUID = 1L;

        UnknownException(String message) {
            super(message);
        }
    }

    /** The bytes are not what the id says. */
    public static final class MismatchException extends Exception {
        private static final long serialVersionUID = 1L;

        MismatchException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Of a codec.
     *
     * @throws UnknownException it is none of the library's, or one of a class that is needed to read it
     */
    public static Format of(String codecId) throws UnknownException {
        return new Format(codecId, FormatParser.parse(codecId));
    }

    /**
     * Reads all bytes.
     *
     * @return a String, Long, UUID, byte[]; a Map by name for a record, in its order; a List for a tuple. Parts of a record are of the types that records
     *     hold, or null; enums are Strings and sets Lists
     * @throws MismatchException they are of another format
     */
    public Object read(byte[] bytes) throws MismatchException {
        Bytes in = new Bytes(bytes);
        try {
            Object value = reader.apply(in);
            if (in.remaining() > 0) {
                throw in.mismatch(in.remaining() + " bytes are left");
            }
            return value;
        } catch (Bytes.Mismatch e) {
            throw new MismatchException("bytes do not fit codec " + id + ": " + e.getMessage(), e);
        }
    }
}
