package io.metastore.recovery;

import java.util.Set;

/**
 * All states that a small Raft group can be in, messages and crashes left out: a step is what a whole exchange of messages leads to. A leader that is elected
 * while the membership changes ends the change at once, as Ratis does; the first entry of each leader names the membership. Everybody is sent entries, whether
 * it has a vote yet, still, or never.
 *
 * <p>Fewer states than there are stand for all:
 *
 * <ul>
 *   <li>Servers that play the same part are sorted, so that states that differ in names only are one.
 *   <li>An elected leader's term is the next that nobody has had. Any two majorities, of memberships that differ by one vote, share a server, so leaders come in
 *       the order of their terms; with the terms that nobody led in taken out it is the same behaviour.
 *   <li>Nobody stands for election in vain. That raises terms and does nothing else, and a higher term never helps to prove anything.
 *   <li>What a leader finds on a majority is acknowledged at once: more is acknowledged, and sooner, than may be.
 *   <li>Observers are no servers here: nobody waits for them, so what one of them holds is what it was sent of the log of some leader, up to any entry, and
 *       heard of any later one. For that a state has the log of each leader, at its longest; {@link ModelViews} makes the observers of it.
 * </ul>
 *
 * <p>The first, second and last of these can be switched off, to see that they leave out nothing: {@link Detail}.
 */
@SuppressWarnings("OperatorPrecedence") // Packing of bits reads worse with all of them.
final class RaftModel {
    /** The one change of the membership that may happen. Of the servers it is the last one that it is about. */
    enum Change {
        NONE(0),
        /** An observer, or somebody new, gets a vote. */
        VOTER_JOINS(1),
        /** A voter becomes an observer, or leaves. */
        VOTER_LEAVES(-1),
        /** An observer comes or goes: the voters before and after it are the same. */
        OF_OBSERVERS(0);

        final int votes;

        Change(int votes) {
            this.votes = votes;
        }
    }

    /** What is enumerated though it should add nothing. */
    enum Detail {
        /** Observers are servers. */
        OBSERVERS_TAKE_PART,
        /** A leader's term is any that is high enough. */
        TERMS_ARE_SKIPPED,
        /** A server knows of any number of the entries that it can know to be committed, not of all. Adds views, not states. */
        KNOWLEDGE_LAGS
    }

    /** What is enumerated. */
    record Bounds(int voters, Change change, int observers, int terms, int entries, Set<Detail> details) {
        Bounds(int voters, Change change, int observers, int terms, int entries, Detail... details) {
            this(voters, change, observers, terms, entries, Set.of(details));
        }

        /** Those that have a vote at some time. */
        int everVoters() {
            return voters + Math.max(0, change.votes);
        }

        boolean observersTakePart() {
            return details.contains(Detail.OBSERVERS_TAKE_PART);
        }

        /** Which of those that ever vote is not like the others; -1 for none. */
        int special() {
            return change.votes == 0 ? -1 : everVoters() - 1;
        }
    }

    /** Looks at one state, during the call only: its servers, and the number of what was acknowledged and written by then. */
    interface Visitor {
        void visit(int[] servers, int history);
    }

    private static final int NUMBER_BITS = 12;

    private final Bounds bounds;
    private final int before;
    private final int after;
    private final Numbering numbers = new Numbering(ModelLog.SERVER_BITS, 1 << NUMBER_BITS);
    /** The numbers of the servers, and that of what happened. */
    private final PackedSet states = new PackedSet();
    /** What was written, and what was acknowledged. */
    private final PackedSet histories = new PackedSet();

    private final int[] next;
    private int highestTerm;
    private int mostAcknowledged;
    private boolean changed;

    RaftModel(Bounds bounds) {
        this.bounds = bounds;
        this.before = (1 << bounds.voters()) - 1;
        this.after = (1 << bounds.voters() + bounds.change().votes) - 1;
        this.next = new int[bounds.everVoters() + (bounds.observersTakePart() ? bounds.observers() : 0)];
        if (next.length * NUMBER_BITS > Long.SIZE
                || bounds.entries() > ModelLog.ENTRIES_MAX
                || bounds.terms() > ModelLog.TERMS_MAX
                || bounds.observers() * NUMBER_BITS > Integer.SIZE) {
            throw new IllegalArgumentException("more than the model can hold: " + bounds);
        }
    }

    /** Shows each state once. */
    void explore(Visitor visitor) {
        add(new int[next.length], 0, 0);
        int[] servers = new int[next.length];
        for (int state = 0; state < states.size(); state++) {
            int history = states.second(state);
            read(states.first(state), servers);
            visitor.visit(servers, history);
            for (int i = 0; i < servers.length; i++) {
                elections(servers, history, i);
                if (ModelLog.leads(servers[i])) {
                    lead(servers, history, i);
                }
            }
        }
    }

    int states() {
        return states.size();
    }

    /** Whether something was acknowledged in the longest log there may be, somebody led in the last term, and the change came to its end. */
    boolean boundsWereReached() {
        return mostAcknowledged == bounds.entries()
                && highestTerm == bounds.terms()
                && (changed || bounds.change() == Change.NONE);
    }

    int histories() {
        return histories.size();
    }

    /** A log, and above it what {@link #committedBy(int, int)} tells. */
    int acknowledged(int history) {
        return histories.second(history);
    }

    /** The log of the leader of a term at its longest; 0 for none, and always when there are no observers. */
    int written(int history, int term) {
        return (int) (histories.first(history) >>> ModelLog.LOG_BITS * (term - 1)) & ModelLog.LOG_MASK;
    }

    /** Voters under the membership that an entry of a kind names, as bits; both halves in an array. */
    int[] halves(int kind) {
        return kind == ModelLog.JOINT ? new int[] {before, after} : new int[] {kind == ModelLog.AFTER ? after : before};
    }

    private void elections(int[] servers, int history, int i) {
        int membership = ModelLog.membership(servers[i]);
        int[] halves = halves(membership);
        if (ModelLog.length(servers[i]) == bounds.entries() || (halves[halves.length - 1] >> i & 1) == 0) {
            return;
        }
        int lowest = bounds.details().contains(Detail.TERMS_ARE_SKIPPED)
                ? ModelLog.term(servers[i]) + 1
                : highestTerm(servers) + 1;
        int highest =
                bounds.details().contains(Detail.TERMS_ARE_SKIPPED) ? bounds.terms() : Math.min(lowest, bounds.terms());
        for (int term = lowest; term <= highest; term++) {
            int willing = 1 << i;
            for (int j = 0; j < servers.length; j++) {
                if (ModelLog.term(servers[j]) < term
                        && ModelLog.freshness(servers[j]) <= ModelLog.freshness(servers[i])) {
                    willing |= 1 << j;
                }
            }
            for (int voters = willing; voters > 0; voters = (voters - 1) & willing) {
                if ((voters >> i & 1) == 1 && elects(voters, i, halves) && isMinimal(voters, i, halves)) {
                    elect(servers, history, i, term, voters);
                }
            }
        }
    }

    private static int highestTerm(int[] servers) {
        int highest = 0;
        for (int server : servers) {
            highest = Math.max(highest, ModelLog.term(server));
        }
        return highest;
    }

    /** By a majority of both halves; for Ratis, in a change of a single voter to two, by that one alone as well. */
    private static boolean elects(int voters, int self, int[] halves) {
        return decides(voters, halves) || (halves.length == 2 && halves[0] == 1 << self);
    }

    private static boolean isMinimal(int voters, int self, int[] halves) {
        for (int others = voters & ~(1 << self); others > 0; others &= others - 1) {
            if (elects(voters & ~Integer.lowestOneBit(others), self, halves)) {
                return false;
            }
        }
        return true;
    }

    private void elect(int[] servers, int history, int i, int term, int voters) {
        for (int j = 0; j < next.length; j++) {
            next[j] = (voters >> j & 1) == 1 ? ModelLog.heardOf(servers[j], term) : servers[j];
        }
        boolean ended = ModelLog.membership(next[i]) != ModelLog.BEFORE;
        next[i] = ModelLog.elected(next[i], ended ? ModelLog.AFTER : ModelLog.BEFORE);
        highestTerm = Math.max(highestTerm, term);
        add(next, histories.first(history), histories.second(history));
    }

    private void lead(int[] servers, int history, int i) {
        int leader = servers[i];
        int acknowledged = histories.second(history);
        if (ModelLog.length(leader) < bounds.entries()) {
            addWith(servers, i, ModelLog.append(leader, ModelLog.COMMAND), history);
            boolean firstIsCommitted =
                    ModelLog.isPrefix(acknowledged, leader) && ModelLog.lastTerm(acknowledged) == ModelLog.term(leader);
            int kind = ModelLog.membership(leader);
            if (kind == ModelLog.BEFORE && bounds.change() != Change.NONE && firstIsCommitted) {
                addWith(servers, i, ModelLog.append(leader, ModelLog.JOINT), history);
            }
            if (kind == ModelLog.JOINT && ModelLog.holds(acknowledged, ModelLog.JOINT)) {
                addWith(servers, i, ModelLog.append(leader, ModelLog.AFTER), history);
            }
        }
        for (int j = 0; j < servers.length; j++) {
            if (j != i && ModelLog.term(servers[j]) <= ModelLog.term(leader)) {
                addWith(servers, j, ModelLog.received(leader, servers[j]), history);
                if (ModelLog.term(servers[j]) < ModelLog.term(leader)) {
                    addWith(servers, j, ModelLog.heardOf(servers[j], ModelLog.term(leader)), history);
                }
            }
        }
    }

    private void addWith(int[] servers, int i, int server, int history) {
        System.arraycopy(servers, 0, next, 0, next.length);
        next[i] = server;
        add(next, histories.first(history), histories.second(history));
    }

    private void add(int[] servers, long written, int acknowledged) {
        long nowWritten = written;
        int nowAcknowledged = acknowledged;
        for (int server : servers) {
            if (ModelLog.leads(server)) {
                nowAcknowledged = acknowledge(servers, server, nowAcknowledged);
                if (bounds.observers() > 0 && !bounds.observersTakePart()) {
                    nowWritten |=
                            (long) (server & ModelLog.LOG_MASK) << ModelLog.LOG_BITS * (ModelLog.term(server) - 1);
                }
            }
        }
        int history = histories.add(nowWritten, nowAcknowledged);
        states.add(pack(servers), history < 0 ? ~history : history);
    }

    /** What a leader finds on a majority is committed, and acknowledged from then on. */
    private int acknowledge(int[] servers, int leader, int acknowledged) {
        int term = ModelLog.term(leader);
        int[] halves = halves(ModelLog.membership(leader));
        for (int entries = ModelLog.length(leader); entries > 0; entries--) {
            if (ModelLog.entryTerm(leader, entries - 1) != term) {
                return acknowledged;
            }
            int holders = 0;
            for (int j = 0; j < servers.length; j++) {
                boolean confirmed = ModelLog.follows(servers[j]) == term;
                holders |= confirmed && ModelLog.samePrefix(servers[j], leader) >= entries ? 1 << j : 0;
            }
            if (decides(holders, halves)) {
                return acknowledged(ModelLog.prefix(leader, entries), entries, term, acknowledged);
            }
        }
        return acknowledged;
    }

    private int acknowledged(int committed, int entries, int term, int before) {
        if (!ModelLog.isPrefix(committed, before) && !ModelLog.isPrefix(before, committed)) {
            throw new AssertionError("the model itself loses acknowledged entries");
        }
        mostAcknowledged = Math.max(mostAcknowledged, entries);
        changed |= ModelLog.holds(committed, ModelLog.AFTER);
        int longer = entries > ModelLog.length(before) ? committed : before & ModelLog.LOG_MASK;
        return longer | committedBy(before, 1, term, entries) | committedBy(before, 2, term, entries);
    }

    /** How many entries leaders up to a term have committed, in its place above the acknowledged log. */
    private static int committedBy(int acknowledged, int term, int leaderTerm, int entries) {
        int before = committedBy(acknowledged, term);
        return (leaderTerm <= term ? Math.max(before, entries) : before) << committedShift(term);
    }

    /** How many entries leaders up to a term have committed: who has not heard of a later one cannot know of more. */
    static int committedBy(int acknowledged, int term) {
        return term == 0
                ? 0
                : term == ModelLog.TERMS_MAX
                        ? ModelLog.length(acknowledged)
                        : acknowledged >>> committedShift(term) & 7;
    }

    private static int committedShift(int term) {
        return ModelLog.LOG_BITS + 3 * (term - 1);
    }

    private static boolean decides(int members, int[] halves) {
        for (int half : halves) {
            if (2 * Integer.bitCount(members & half) <= Integer.bitCount(half)) {
                return false;
            }
        }
        return true;
    }

    private long pack(int[] servers) {
        int alike = bounds.special() < 0 ? bounds.everVoters() : bounds.everVoters() - 1;
        sort(servers, 0, alike);
        sort(servers, bounds.everVoters(), servers.length);
        long packed = 0;
        for (int i = 0; i < servers.length; i++) {
            packed |= (long) numbers.of(servers[i]) << i * NUMBER_BITS;
        }
        return packed;
    }

    /** By insertion: there are few, and nearly sorted. */
    static void sort(int[] numbers, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int number = numbers[i];
            int j = i;
            for (; j > from && numbers[j - 1] > number; j--) {
                numbers[j] = numbers[j - 1];
            }
            numbers[j] = number;
        }
    }

    private void read(long packed, int[] servers) {
        for (int i = 0; i < servers.length; i++) {
            servers[i] = numbers.value((int) (packed >>> i * NUMBER_BITS) & (1 << NUMBER_BITS) - 1);
        }
    }
}
