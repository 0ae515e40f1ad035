package io.metastore.recovery;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * All states that a small Raft group can be in, messages and crashes left out: a step is what a whole exchange of messages leads to. A leader that is elected
 * while the membership changes ends the change at once, as Ratis does; the first entry of each leader names the membership.
 *
 * <p>A server is 4 bits for each entry (term and kind), then its term, then whether it leads, then the term of the leader
 * whose entries it last confirmed: an old entry on a majority is not committed by that, only when its own leader hears of it. Servers that play the same part are sorted, so that states
 * that differ in names only are one.
 */
@SuppressWarnings("OperatorPrecedence") // Packing of bits reads worse with all of them.
final class RaftModel {
    static final int COMMAND = 0;
    static final int BEFORE = 1;
    static final int JOINT = 2;
    static final int AFTER = 3;

    private static final int ENTRY_BITS = 4;
    private static final int LOG_BITS = 16;
    private static final int LOG_MASK = (1 << LOG_BITS) - 1;
    private static final int LEADS = 1 << (LOG_BITS + 2);
    private static final int FOLLOWS_SHIFT = LOG_BITS + 3;
    private static final int FOLLOWS_MASK = 3 << FOLLOWS_SHIFT;
    private static final int SERVER_BITS = LOG_BITS + 5;

    /** What is enumerated. */
    record Bounds(int voters, int change, int terms, int entries) {
        /** Servers there are: one joins when the change is +1; when it is -1 the last leaves; when it is 0 there is none. */
        int servers() {
            return voters + Math.max(0, change);
        }
    }

    /** A state: three servers in one number, the others and what was acknowledged in the second. */
    private record State(long low, long high) {
        @Override
        public boolean equals(Object other) {
            return other instanceof State state && low == state.low && high == state.high;
        }

        @Override
        public int hashCode() {
            return hash(low, high);
        }
    }

    /**
     * One state, to be looked at during the call only.
     *
     * @param acknowledged a log, and above it what {@link #committedBy(int, int)} tells
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares or keeps it.
    record Reached(int[] servers, int acknowledged) {}

    private final Bounds bounds;
    private final int before;
    private final int after;
    private final Set<State> seen = new HashSet<>();
    private final ArrayDeque<State> open = new ArrayDeque<>();

    RaftModel(Bounds bounds) {
        this.bounds = bounds;
        this.before = (1 << bounds.voters()) - 1;
        this.after = bounds.change() > 0 ? before << 1 | 1 : bounds.change() < 0 ? before >> 1 : before;
    }

    /** Shows each state once. */
    void explore(Consumer<Reached> visitor) {
        add(new int[bounds.servers()], 0);
        while (!open.isEmpty()) {
            State state = open.remove();
            int[] servers = servers(state);
            int acknowledged = (int) (state.high() >>> 2 * SERVER_BITS);
            visitor.accept(new Reached(servers, acknowledged));
            for (int i = 0; i < servers.length; i++) {
                elections(servers, acknowledged, i);
                if ((servers[i] & LEADS) != 0) {
                    lead(servers, acknowledged, i);
                }
            }
        }
    }

    /** Voters under the membership that an entry of a kind names, as bits; both halves in an array. */
    int[] halves(int kind) {
        return kind == JOINT ? new int[] {before, after} : new int[] {kind == AFTER ? after : before};
    }

    private void elections(int[] servers, int acknowledged, int i) {
        int length = length(servers[i]);
        int[] halves = halves(membership(servers[i]));
        if (length == bounds.entries() || (halves[halves.length - 1] >> i & 1) == 0) {
            return;
        }
        for (int term = term(servers[i]) + 1; term <= bounds.terms(); term++) {
            int willing = 1 << i;
            for (int j = 0; j < servers.length; j++) {
                if (term(servers[j]) < term && !isFresher(servers[j], servers[i])) {
                    willing |= 1 << j;
                }
            }
            for (int voters = willing; voters > 0; voters = (voters - 1) & willing) {
                if ((voters >> i & 1) == 1 && decides(voters, halves) && isMinimal(voters, i, halves)) {
                    elect(servers, acknowledged, i, term, voters);
                }
            }
        }
    }

    private static boolean isMinimal(int voters, int self, int[] halves) {
        for (int j = 0; j < 8; j++) {
            if (j != self && (voters >> j & 1) == 1 && decides(voters & ~(1 << j), halves)) {
                return false;
            }
        }
        return true;
    }

    private void elect(int[] servers, int acknowledged, int i, int term, int voters) {
        int[] next = servers.clone();
        for (int j = 0; j < next.length; j++) {
            if ((voters >> j & 1) == 1) {
                next[j] = next[j] & (LOG_MASK | FOLLOWS_MASK) | term << LOG_BITS;
            }
        }
        int kind = membership(next[i]) == BEFORE ? BEFORE : AFTER;
        next[i] = append(next[i], kind) & ~FOLLOWS_MASK | LEADS | term << FOLLOWS_SHIFT;
        add(next, acknowledged);
    }

    private void lead(int[] servers, int acknowledged, int i) {
        int leader = servers[i];
        if (length(leader) < bounds.entries()) {
            add(with(servers, i, append(leader, COMMAND)), acknowledged);
            boolean firstIsCommitted = length(acknowledged) > 0
                    && isPrefix(acknowledged, leader)
                    && entryTerm(acknowledged, length(acknowledged) - 1) == term(leader);
            int kind = membership(leader);
            if (kind == BEFORE && bounds.change() != 0 && firstIsCommitted) {
                add(with(servers, i, append(leader, JOINT)), acknowledged);
            }
            if (kind == JOINT && holds(acknowledged, JOINT)) {
                add(with(servers, i, append(leader, AFTER)), acknowledged);
            }
        }
        for (int j = 0; j < servers.length; j++) {
            if (j != i && term(servers[j]) <= term(leader)) {
                add(with(servers, j, received(leader, servers[j])), acknowledged);
                if (term(servers[j]) < term(leader)) { // Heard of the leader, but had no entry from it yet.
                    add(
                            with(servers, j, servers[j] & (LOG_MASK | FOLLOWS_MASK) | term(leader) << LOG_BITS),
                            acknowledged);
                }
            }
        }
    }

    /** A follower after the next entry that it lacks, if it lacks one. */
    private static int received(int leader, int follower) {
        int same = samePrefix(leader, follower);
        int log = same < length(leader) ? prefix(leader, same + 1) : follower & LOG_MASK;
        return log | term(leader) << LOG_BITS | term(leader) << FOLLOWS_SHIFT;
    }

    private static int[] with(int[] servers, int i, int server) {
        int[] next = servers.clone();
        next[i] = server;
        return next;
    }

    private void add(int[] servers, int acknowledged) {
        int newest = acknowledged;
        for (int server : servers) {
            if ((server & LEADS) != 0) {
                newest = acknowledge(servers, server, newest);
            }
        }
        State state = pack(servers, newest);
        if (seen.add(state)) {
            open.add(state);
        }
    }

    /** What a leader finds on a majority is committed, and acknowledged from then on. */
    private int acknowledge(int[] servers, int leader, int acknowledged) {
        for (int entries = length(leader); entries > 0; entries--) {
            if (entryTerm(leader, entries - 1) != term(leader)) {
                return acknowledged;
            }
            int holders = 0;
            for (int j = 0; j < servers.length; j++) {
                boolean confirmed = follows(servers[j]) == term(leader);
                holders |= confirmed && samePrefix(servers[j], leader) >= entries ? 1 << j : 0;
            }
            if (decides(holders, halves(membership(leader)))) {
                int committed = prefix(leader, entries);
                if (!isPrefix(committed, acknowledged) && !isPrefix(acknowledged, committed)) {
                    throw new AssertionError("the model itself loses acknowledged entries");
                }
                int longer = entries > length(acknowledged) ? committed : acknowledged & LOG_MASK;
                return longer
                        | committedBy(acknowledged, 1, term(leader), entries)
                        | committedBy(acknowledged, 2, term(leader), entries);
            }
        }
        return acknowledged;
    }

    /** How many entries leaders up to a term have committed, in its place above the acknowledged log. */
    private static int committedBy(int acknowledged, int term, int leaderTerm, int entries) {
        int before = committedBy(acknowledged, term);
        return (leaderTerm <= term ? Math.max(before, entries) : before) << committedShift(term);
    }

    /** How many entries leaders up to a term have committed: who has not heard of a later one cannot know of more. */
    static int committedBy(int acknowledged, int term) {
        return term == 0 ? 0 : term == 3 ? length(acknowledged) : acknowledged >>> committedShift(term) & 7;
    }

    private static int committedShift(int term) {
        return LOG_BITS + 3 * (term - 1);
    }

    /** The term of the leader whose entries a server last confirmed, or that it led; only that one can have told it what is committed. */
    static int follows(int server) {
        return server >> FOLLOWS_SHIFT;
    }

    private static boolean decides(int members, int[] halves) {
        for (int half : halves) {
            if (2 * Integer.bitCount(members & half) <= Integer.bitCount(half)) {
                return false;
            }
        }
        return true;
    }

    private State pack(int[] servers, int acknowledged) {
        int[] sorted = servers.clone();
        // The one that joins or leaves is the last; when one joins, or none is special, the others are alike.
        Arrays.sort(sorted, 0, bounds.change() < 0 ? bounds.voters() - 1 : bounds.voters());
        long low = 0;
        long high = (long) acknowledged << 2 * SERVER_BITS;
        for (int i = 0; i < sorted.length; i++) {
            if (i < 3) {
                low |= (long) sorted[i] << i * SERVER_BITS;
            } else {
                high |= (long) sorted[i] << (i - 3) * SERVER_BITS;
            }
        }
        return new State(low, high);
    }

    private int[] servers(State state) {
        int[] servers = new int[bounds.servers()];
        for (int i = 0; i < servers.length; i++) {
            long packed = i < 3 ? state.low() >>> i * SERVER_BITS : state.high() >>> (i - 3) * SERVER_BITS;
            servers[i] = (int) packed & (1 << SERVER_BITS) - 1;
        }
        return servers;
    }

    private static int append(int server, int kind) {
        return server | (term(server) << 2 | kind) << ENTRY_BITS * length(server);
    }

    private static int entry(int log, int index) {
        return log >> ENTRY_BITS * index & (1 << ENTRY_BITS) - 1;
    }

    static int entryTerm(int log, int index) {
        return entry(log, index) >> 2;
    }

    static int entryKind(int log, int index) {
        return entry(log, index) & 3;
    }

    static int term(int server) {
        return server >> LOG_BITS & 3;
    }

    static int length(int server) {
        int length = 0;
        while (length < LOG_BITS / ENTRY_BITS && entry(server, length) != 0) {
            length++;
        }
        return length;
    }

    static int prefix(int log, int entries) {
        return log & (1 << ENTRY_BITS * entries) - 1;
    }

    static int samePrefix(int one, int other) {
        int same = 0;
        while (same < LOG_BITS / ENTRY_BITS && entry(one, same) != 0 && entry(one, same) == entry(other, same)) {
            same++;
        }
        return same;
    }

    static boolean isPrefix(int shorter, int log) {
        return samePrefix(shorter, log) == length(shorter);
    }

    private static boolean holds(int log, int kind) {
        for (int i = 0; i < length(log); i++) {
            if (entryKind(log, i) == kind) {
                return true;
            }
        }
        return false;
    }

    private static int membership(int server) {
        for (int i = length(server) - 1; i >= 0; i--) {
            if (entryKind(server, i) != COMMAND) {
                return entryKind(server, i);
            }
        }
        return BEFORE;
    }

    /** Of two numbers that are packed, so that each bit counts. */
    static int hash(long low, long high) {
        long mixed = low * 0x9e3779b97f4a7c15L + (high ^ high >>> 29) * 0xbf58476d1ce4e5b9L;
        return (int) (mixed ^ mixed >>> 32);
    }

    private static boolean isFresher(int one, int other) {
        int ofOne = length(one) == 0 ? 0 : entryTerm(one, length(one) - 1);
        int ofOther = length(other) == 0 ? 0 : entryTerm(other, length(other) - 1);
        return ofOne != ofOther ? ofOne > ofOther : length(one) > length(other);
    }
}
