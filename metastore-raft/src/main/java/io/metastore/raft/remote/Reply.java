package io.metastore.raft.remote;

/**
 * What a member elsewhere answered, or that it did not.
 *
 * @param kind whether it did
 * @param bytes of the answer; none unless it is one
 * @param why there is none, for people; empty when there is
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
public record Reply(Kind kind, byte[] bytes, String why) {

    /** How far a question came. */
    public enum Kind {
        /** It was answered. */
        ANSWERED,
        /** Somebody is there and refuses, or fails: a member of another cluster, with another token or other certificates, an old build, one that is busy. */
        REFUSED,
        /** Nobody answered within the time, which does not mean that nobody is there. */
        SILENT
    }

    static Reply answered(byte[] bytes) {
        return new Reply(Kind.ANSWERED, bytes, "");
    }

    static Reply without(Kind kind, String why) {
        return new Reply(kind, new byte[0], why);
    }

    /** Whether somebody is there, whatever was said. */
    public boolean isAlive() {
        return kind != Kind.SILENT;
    }
}
