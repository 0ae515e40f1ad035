package io.metastore.recovery;

import io.metastore.api.LogPosition;
import io.metastore.recovery.RaftModel.Bounds;
import io.metastore.recovery.RaftModel.Detail;
import io.metastore.recovery.journal.Membership;
import io.metastore.recovery.journal.TermRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Everything that any surveyed part of the members can look like, and what may have been acknowledged when it looks like that. Views that differ in the numbers of
 * their terms only are one.
 *
 * <p>A copy is a log, then its term, then how many of its entries it knows to be committed, in one number.
 */
@SuppressWarnings("OperatorPrecedence") // As in the model.
final class ModelViews {
    private static final int KNOWN_SHIFT = ModelLog.LOG_BITS + 2;
    private static final int NUMBER_BITS = 12;
    private static final int NUMBER_MASK = (1 << NUMBER_BITS) - 1;
    private static final int VOTERS_MAX = Long.SIZE / NUMBER_BITS;
    private static final int NONE = -1;

    /** Of voters by number, as bits. */
    private static final List<Set<String>> NAMES =
            IntStream.range(0, 1 << VOTERS_MAX).mapToObj(ModelViews::names).toList();

    private final Bounds bounds;
    private final RaftModel model;
    private final int everVoters;
    private final Numbering numbers = new Numbering(KNOWN_SHIFT + 3, NUMBER_MASK);
    /** Surveyed voters with what happened: to be seen with each observer there can be beside them. */
    private final PackedSet parts = new PackedSet();
    /** Surveyed voters, and observers, with the truth. */
    private final PackedSet views = new PackedSet();
    /** Of histories by number; there are few. */
    private final Map<Integer, int[]> observers = new HashMap<>();
    /** By member and number of the copy; there are few in many views. */
    private final Map<Integer, Copy> copies = new HashMap<>();

    private final int[] view;
    private final int[] named;

    /** What is true in the states that look alike. */
    static final class Truth {
        /** Whether something acknowledged is missing in the freshest log in one of them. */
        boolean loss;
        /** The fewest acknowledged entries of the freshest log. */
        int fewest;
        /** The most. */
        int most;
        /** Whether the bounds let those that are not surveyed go on in one of them. */
        boolean room;

        private void read(byte mark) {
            loss = (mark & 1) != 0;
            fewest = mark >> 1 & 7;
            most = mark >> 4 & 7;
            room = (mark & 1 << 7) != 0;
        }

        private static int mark(boolean loss, int fewest, int most, boolean room) {
            return (loss ? 1 : 0) | fewest << 1 | most << 4 | (room ? 1 << 7 : 0);
        }

        private static int both(int one, int other) {
            int fewest = Math.min(one >> 1 & 7, other >> 1 & 7);
            int most = Math.max(one >> 4 & 7, other >> 4 & 7);
            return (one | other) & (1 | 1 << 7) | fewest << 1 | most << 4;
        }
    }

    ModelViews(Bounds bounds) {
        this.bounds = bounds;
        this.model = new RaftModel(bounds);
        this.everVoters = bounds.everVoters();
        this.view = new int[everVoters + bounds.observers()];
        this.named = new int[view.length];
        model.explore(this::look);
        for (int part = 0; part < parts.size(); part++) {
            besideObservers(part);
        }
    }

    RaftModel model() {
        return model;
    }

    int size() {
        return views.size();
    }

    /** Of the servers themselves: observers are among them only if they take part. */
    private void look(int[] servers, int history) {
        boolean room = true;
        for (int server : servers) {
            room &= ModelLog.length(server) < bounds.entries() && ModelLog.term(server) < bounds.terms();
        }
        boolean observersAreMissing = servers.length < view.length;
        for (int surveyed = observersAreMissing ? 0 : 1; surveyed < 1 << servers.length; surveyed++) {
            look(servers, surveyed, 0, history, room);
        }
    }

    private void look(int[] servers, int surveyed, int i, int history, boolean room) {
        if (i == servers.length) {
            if (servers.length == view.length) {
                note(history, room);
            } else {
                parts.add(packed(view, 0, everVoters), history << 1 | (room ? 1 : 0));
            }
        } else if ((surveyed >> i & 1) == 0) {
            view[i] = NONE;
            look(servers, surveyed, i + 1, history, room);
        } else {
            int log = servers[i] & ModelLog.LOG_MASK;
            int most = known(log, ModelLog.follows(servers[i]), model.acknowledged(history));
            for (int known = most; known >= leastKnown(most); known--) {
                view[i] = copyOf(log, ModelLog.term(servers[i]), known);
                look(servers, surveyed, i + 1, history, room);
            }
        }
    }

    private int leastKnown(int most) {
        return bounds.details().contains(Detail.KNOWLEDGE_LAGS) ? 0 : most;
    }

    /** How many entries a log's owner can know to be committed: how many it holds of those that leaders it can have heard of committed. */
    private static int known(int log, int follows, int acknowledged) {
        return Math.min(ModelLog.samePrefix(log, acknowledged), RaftModel.committedBy(acknowledged, follows));
    }

    private static int copyOf(int log, int term, int known) {
        return log | term << ModelLog.LOG_BITS | known << KNOWN_SHIFT;
    }

    private void besideObservers(int part) {
        int history = parts.second(part) >> 1;
        boolean room = (parts.second(part) & 1) != 0;
        for (int i = 0; i < everVoters; i++) {
            int number = (int) (parts.first(part) >>> i * NUMBER_BITS) & NUMBER_MASK;
            view[i] = number == 0 ? NONE : numbers.value(number - 1);
        }
        besideObservers(everVoters, observers.computeIfAbsent(history, this::observersOf), 0, history, room);
    }

    private void besideObservers(int i, int[] choices, int first, int history, boolean room) {
        if (i == view.length) {
            note(history, room);
            return;
        }
        for (int choice = first; choice < choices.length; choice++) {
            view[i] = choices[choice];
            besideObservers(i + 1, choices, choice, history, room);
        }
    }

    /** What an observer can look like, or that it is not surveyed. */
    private int[] observersOf(int history) {
        int acknowledged = model.acknowledged(history);
        Set<Integer> all = new TreeSet<>(List.of(NONE, copyOf(0, 0, 0)));
        for (int term = 1; term <= bounds.terms(); term++) {
            if (model.written(history, term) == 0) {
                continue;
            }
            all.add(copyOf(0, term, 0));
            for (int follows = 1; follows <= term; follows++) {
                int written = model.written(history, follows);
                for (int entries = 1; entries <= ModelLog.length(written); entries++) {
                    int log = ModelLog.prefix(written, entries);
                    int most = known(log, follows, acknowledged);
                    for (int known = most; known >= leastKnown(most); known--) {
                        all.add(copyOf(log, term, known));
                    }
                }
            }
        }
        return all.stream().mapToInt(Integer::intValue).toArray();
    }

    private void note(int history, boolean room) {
        int freshest = freshest();
        if (freshest == NONE) {
            return; // Nobody is surveyed.
        }
        int acknowledged = model.acknowledged(history);
        int held = ModelLog.samePrefix(acknowledged, freshest);
        int mark = Truth.mark(held < ModelLog.length(acknowledged), held, held, room);
        int terms = 0;
        for (int copy : view) {
            terms |= copy == NONE ? 0 : terms(copy);
        }
        for (int i = 0; i < view.length; i++) {
            named[i] = view[i] == NONE ? NONE : renumbered(view[i], terms);
        }
        int number = views.add(
                packed(named, 0, everVoters), (int) packed(named, everVoters, named.length));
        if (number < 0) {
            number = ~number;
            mark = Truth.both(views.mark(number) & 0xff, mark);
        }
        views.mark(number, (byte) mark);
    }

    /** The freshest of those that hold what one of them knows to be committed. */
    private int freshest() {
        int knowing = NONE;
        for (int copy : view) {
            knowing = copy != NONE && (knowing == NONE || copy >> KNOWN_SHIFT > knowing >> KNOWN_SHIFT) ? copy : knowing;
        }
        int freshest = knowing;
        for (int copy : view) {
            if (copy != NONE
                    && ModelLog.samePrefix(copy, knowing) >= knowing >> KNOWN_SHIFT
                    && ModelLog.freshness(copy) > ModelLog.freshness(freshest)) {
                freshest = copy;
            }
        }
        return freshest;
    }

    /** Which there are in a copy, as bits. */
    private static int terms(int copy) {
        int terms = 1 << ModelLog.term(copy);
        for (int i = 0; i < ModelLog.length(copy); i++) {
            terms |= 1 << ModelLog.entryTerm(copy, i);
        }
        return terms & ~1;
    }

    /** With the terms of a view counted from 1 on. */
    private static int renumbered(int copy, int terms) {
        int log = 0;
        for (int i = 0; i < ModelLog.length(copy); i++) {
            log |= (rank(ModelLog.entryTerm(copy, i), terms) << 2 | ModelLog.entryKind(copy, i)) << 4 * i;
        }
        return copyOf(log, rank(ModelLog.term(copy), terms), copy >> KNOWN_SHIFT);
    }

    private static int rank(int term, int terms) {
        return Integer.bitCount(terms & (2 << term) - 1);
    }

    /** One more than the number of each copy, those of members that play the same part sorted; 0 for none. */
    private long packed(int[] all, int from, int to) {
        int[] sorted = new int[to - from];
        for (int i = from; i < to; i++) {
            sorted[i - from] = all[i] == NONE ? 0 : numbers.of(all[i]) + 1;
        }
        boolean oneIsSpecial = from == 0 && bounds.special() >= 0;
        RaftModel.sort(sorted, 0, oneIsSpecial ? sorted.length - 1 : sorted.length);
        long packed = 0;
        for (int i = 0; i < sorted.length; i++) {
            packed |= (long) sorted[i] << i * NUMBER_BITS;
        }
        return packed;
    }

    /** Shows each view as the copies that a survey would have, with the truth, which is valid during the call. */
    void forEach(BiConsumer<List<Copy>, Truth> visitor) {
        Truth truth = new Truth();
        for (int number = 0; number < views.size(); number++) {
            truth.read(views.mark(number));
            visitor.accept(copies(number), truth);
        }
    }

    private List<Copy> copies(int view) {
        List<Copy> surveyed = new ArrayList<>();
        for (int i = 0; i < this.view.length; i++) {
            long packed = i < everVoters
                    ? views.first(view) >>> i * NUMBER_BITS
                    : views.second(view) >>> (i - everVoters) * NUMBER_BITS;
            int number = (int) packed & NUMBER_MASK;
            if (number != 0) {
                surveyed.add(copies.computeIfAbsent(i << NUMBER_BITS | number, this::newCopy));
            }
        }
        return surveyed;
    }

    private Copy newCopy(int memberAndNumber) {
        int member = memberAndNumber >> NUMBER_BITS;
        int packed = numbers.value((memberAndNumber & NUMBER_MASK) - 1);
        List<TermRun> terms = new ArrayList<>();
        List<Membership> memberships = new ArrayList<>(List.of(membership(-1, ModelLog.BEFORE)));
        int length = ModelLog.length(packed);
        long term = 0;
        for (int i = 0; i < length; i++) {
            if (ModelLog.entryTerm(packed, i) > term) {
                term = ModelLog.entryTerm(packed, i);
                terms.add(new TermRun(term, i));
            }
            if (ModelLog.entryKind(packed, i) != ModelLog.COMMAND) {
                memberships.add(membership(i, ModelLog.entryKind(packed, i)));
            }
        }
        LogPosition last = length == 0 ? LogPosition.NONE : new LogPosition(term, length - 1);
        return new Copy(
                name(member),
                "1",
                1,
                member < everVoters,
                false,
                true,
                ModelLog.term(packed),
                terms,
                last,
                last.index(),
                (packed >> KNOWN_SHIFT) - 1,
                memberships);
    }

    private String name(int member) {
        return member < everVoters ? "s" + member : "o" + (member - everVoters);
    }

    private Membership membership(long index, int kind) {
        int[] halves = model.halves(kind);
        return new Membership(
                index, NAMES.get(halves[halves.length - 1]), halves.length > 1 ? NAMES.get(halves[0]) : Set.of());
    }

    private static Set<String> names(int members) {
        return IntStream.range(0, VOTERS_MAX)
                .filter(i -> (members >> i & 1) == 1)
                .mapToObj(i -> "s" + i + "@1")
                .collect(Collectors.toUnmodifiableSet());
    }
}
