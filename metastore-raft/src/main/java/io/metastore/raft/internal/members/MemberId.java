package io.metastore.raft.internal.members;

import io.metastore.raft.internal.engine.GroupMember;
import java.util.UUID;

/**
 * A member in one life of its directory, as the journal's group knows it. A directory that was emptied or copied begins another life, which is another
 * member of the group: it never votes or acknowledges as the one before.
 *
 * @param name of the member, the same in all its lives
 * @param incarnation of this life
 */
public record MemberId(String name, UUID incarnation) {

    private static final int SHORT = 8;

    /** The id in the group: {@code name@incarnation}. */
    public String text() {
        return name + GroupMember.SEPARATOR + incarnation;
    }

    /**
     * The inverse of {@link #text}.
     *
     * @throws IllegalArgumentException the text is none
     */
    public static MemberId parse(String text) {
        int separator = text.lastIndexOf(GroupMember.SEPARATOR);
        if (separator < 1) {
            throw new IllegalArgumentException("expected name@incarnation: '" + text + "'");
        }
        return new MemberId(text.substring(0, separator), UUID.fromString(text.substring(separator + 1)));
    }

    /** Whether {@link #parse} takes it, and {@link #text} gives it back. */
    public static boolean isOne(String text) {
        try {
            return text.matches("[!-~]+") && parse(text).text().equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Enough of the incarnation to tell two apart in a message. */
    public String brief() {
        return brief(incarnation);
    }

    /** As {@link #brief()}, of any incarnation. */
    public static String brief(UUID incarnation) {
        return incarnation.toString().substring(0, SHORT);
    }
}
