package io.metastore.raft.internal.members;

import org.jspecify.annotations.Nullable;

/**
 * The most that one incarnation of a member is known to have had on its disk: what the others remember, so that an older copy of its directory is recognised
 * when it comes back.
 *
 * @param term in which a leader had the acknowledgement
 * @param index up to where it was acknowledged; a later leader may have it cut off what was not committed
 * @param committed up to where it was acknowledged and committed, which nobody cuts off
 */
public record Acknowledged(long term, long index, long committed) {

    /** Whether a member that is in this term, with a journal up to this index, lacks what it acknowledged. */
    public boolean isForgottenBy(long currentTerm, long lastIndex) {
        boolean older = currentTerm < term;
        boolean shorter = currentTerm == term && lastIndex < index; // A leader never has its own entries cut off.
        return older || shorter || lastIndex < committed;
    }

    /** What is known from both. */
    public Acknowledged and(@Nullable Acknowledged other) {
        if (other == null) {
            return this;
        }
        boolean later = other.term > term || (other.term == term && other.index > index);
        return new Acknowledged(
                later ? other.term : term, later ? other.index : index, Math.max(committed, other.committed));
    }

    /** Whether it can be: others may tell anything. */
    public boolean isPossible() {
        return term >= 0 && index >= -1 && committed >= -1;
    }

    /** As facts have it: {@code term:index:committed}. */
    public String text() {
        return term + ":" + index + ":" + committed;
    }

    /** The inverse of {@link #text}; null when it is none. */
    public static @Nullable Acknowledged parse(String text) {
        String[] words = text.split(":", -1);
        try {
            return words.length == 3
                    ? new Acknowledged(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]))
                    : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
