package io.metastore.recovery;

/**
 * Logs and servers of {@link RaftModel}, each in one number. A log is four bits for each entry, the first in the lowest: its term, which is never 0, and its
 * kind. A server is its log, then its term, then a bit for whether it leads, then the term of the leader whose entries it last confirmed, or that it led. Functions.
 */
@SuppressWarnings("OperatorPrecedence") // Packing of bits reads worse with all of them.
final class ModelLog {
    /** An entry of the application. */
    static final int COMMAND = 0;
    /** Names the membership that the group began with. */
    static final int BEFORE = 1;
    /** Names both, while the change is under way. */
    static final int JOINT = 2;
    /** Names the membership after the change. */
    static final int AFTER = 3;

    static final int ENTRIES_MAX = 4;
    static final int TERMS_MAX = 3;

    private static final int ENTRY_BITS = 4;
    static final int LOG_BITS = ENTRIES_MAX * ENTRY_BITS;
    static final int LOG_MASK = (1 << LOG_BITS) - 1;
    private static final int LEADS = 1 << (LOG_BITS + 2);
    private static final int FOLLOWS_SHIFT = LOG_BITS + 3;
    private static final int FOLLOWS_MASK = 3 << FOLLOWS_SHIFT;
    static final int SERVER_BITS = LOG_BITS + 5;

    private ModelLog() {}

    static int length(int server) {
        return (Integer.SIZE - Integer.numberOfLeadingZeros(server & LOG_MASK) + ENTRY_BITS - 1) / ENTRY_BITS;
    }

    static int entryTerm(int log, int index) {
        return entry(log, index) >> 2;
    }

    static int entryKind(int log, int index) {
        return entry(log, index) & 3;
    }

    private static int entry(int log, int index) {
        return log >> ENTRY_BITS * index & (1 << ENTRY_BITS) - 1;
    }

    /** Of the last entry; 0 when there is none. */
    static int lastTerm(int server) {
        int length = length(server);
        return length == 0 ? 0 : entryTerm(server, length - 1);
    }

    /** By term, then index, of the last entry; 0 for an empty log. */
    static int freshness(int server) {
        return lastTerm(server) << 3 | length(server);
    }

    static int prefix(int log, int entries) {
        return log & (1 << ENTRY_BITS * entries) - 1;
    }

    /** How many entries from the first on both hold. */
    static int samePrefix(int one, int other) {
        int shorter = Math.min(length(one), length(other));
        int difference = (one ^ other) & LOG_MASK;
        return difference == 0 ? shorter : Math.min(shorter, Integer.numberOfTrailingZeros(difference) / ENTRY_BITS);
    }

    static boolean isPrefix(int shorter, int log) {
        return samePrefix(shorter, log) == length(shorter);
    }

    static boolean holds(int log, int kind) {
        for (int i = 0; i < length(log); i++) {
            if (entryKind(log, i) == kind) {
                return true;
            }
        }
        return false;
    }

    /** The kind of the newest entry that names a membership. */
    static int membership(int server) {
        for (int i = length(server) - 1; i >= 0; i--) {
            if (entryKind(server, i) != COMMAND) {
                return entryKind(server, i);
            }
        }
        return BEFORE;
    }

    static int term(int server) {
        return server >> LOG_BITS & 3;
    }

    static boolean leads(int server) {
        return (server & LEADS) != 0;
    }

    /** The term of the leader whose entries a server last confirmed, or that it led; only that one can have told it what is committed. */
    static int follows(int server) {
        return server >> FOLLOWS_SHIFT;
    }

    /** With an entry more, of the current term. */
    static int append(int server, int kind) {
        return server | (term(server) << 2 | kind) << ENTRY_BITS * length(server);
    }

    /** In a later term, of which it has no entry yet. */
    static int heardOf(int server, int term) {
        return server & (LOG_MASK | FOLLOWS_MASK) | term << LOG_BITS;
    }

    /** After an election, which has put it in its term: with its first entry. */
    static int elected(int server, int kind) {
        return append(server, kind) & ~FOLLOWS_MASK | LEADS | term(server) << FOLLOWS_SHIFT;
    }

    /** A follower after the next entry of a leader that it lacks, if it lacks one. */
    static int received(int leader, int follower) {
        int same = samePrefix(leader, follower);
        int log = same < length(leader) ? prefix(leader, same + 1) : follower & LOG_MASK;
        return follower(log, term(leader), term(leader));
    }

    static int follower(int log, int term, int follows) {
        return log | term << LOG_BITS | follows << FOLLOWS_SHIFT;
    }
}
