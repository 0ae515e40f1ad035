package io.metastore.snapshot.files;

/**
 * What happens to one operation of a {@link MemoryFileLayer}.
 *
 * @param kind what
 * @param bytes of a torn write: how many are still written; otherwise 0
 */
public record Fault(Kind kind, int bytes) {

    /** See the factories. */
    public enum Kind {
        ERROR_BEFORE,
        ERROR_AFTER,
        CRASH,
        TEAR
    }

    /** It fails and has no effect. What it was to force is taken for clean by the system and never written. */
    public static final Fault ERROR_BEFORE = new Fault(Kind.ERROR_BEFORE, 0);

    /** It has its effect and fails nevertheless; a write has half of it. */
    public static final Fault ERROR_AFTER = new Fault(Kind.ERROR_AFTER, 0);

    /** The process ends just before it. */
    public static final Fault CRASH = new Fault(Kind.CRASH, 0);

    /** The process ends when so many bytes of a write are written. Fires at writes only. */
    public static Fault tear(int bytes) {
        return new Fault(Kind.TEAR, bytes);
    }
}
