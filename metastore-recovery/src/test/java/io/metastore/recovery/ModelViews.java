package io.metastore.recovery;

import io.metastore.recovery.RaftModel.Bounds;
import io.metastore.recovery.RaftModel.Detail;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * Everything that any surveyed part of the members can look like, and what may have been acknowledged when it looks like that. Views that differ in the numbers of
 * their terms only are one. So are, if that is asked for, those of which all that a diagnosis should go by is the same: the freshest log, how far each other one agrees
 * with it, the most that anybody knows to be committed, and who has heard of a term after the freshest entry. They are few, and each is a view itself.
 *
 * <p>A copy is a log, then its term, then how many of its entries it knows to be committed, in one number.
 */
@SuppressWarnings("OperatorPrecedence") // As in the model.
final class ModelViews {
    private static final int NUMBER_BITS = 12;
    private static final int NUMBER_MASK = (1 << NUMBER_BITS) - 1;
    private static final int ESSENCE_SHIFT = ModelLog.LOG_BITS + 3;
    private static final int NONE = ModelCopies.NONE;
    private static final int KNOWN_SHIFT = ModelCopies.KNOWN_SHIFT;

    private final Bounds bounds;
    private final boolean essential;
    private final RaftModel model;
    private final int everVoters;
    /** The voters before this one play the same part. */
    private final int alike;

    private final Numbering numbers = new Numbering(ModelCopies.BITS, NUMBER_MASK);
    /** Surveyed voters with what happened: to be seen with each observer there can be beside them. */
    private final PackedSet parts = new PackedSet();
    /** Surveyed voters, and observers, with the truth. */
    private final PackedSet views = new PackedSet();
    /** What one can look like, or that none is surveyed, by history. */
    private final List<int[]> observers = new ArrayList<>();
    /** What is essential of views, with the truth. */
    private final PackedSet essences = new PackedSet();

    private final ModelCopies copies;

    private long seen;
    private boolean allOfAnObserver;
    private final long millis;

    private final int[] view;
    private final int[] scratch;

    /**
     * What is true in the states that look alike.
     *
     * @param loss whether something acknowledged is missing in the freshest log in one of them
     * @param fewest acknowledged entries of the freshest log
     * @param most of them
     * @param room whether the bounds let those that are not surveyed go on in one of them
     */
    record Truth(boolean loss, int fewest, int most, boolean room) {
        private static Truth of(int mark) {
            return new Truth((mark & 1) != 0, mark >> 1 & 7, mark >> 4 & 7, (mark & 1 << 7) != 0);
        }

        private int mark() {
            return (loss ? 1 : 0) | fewest << 1 | most << 4 | (room ? 1 << 7 : 0);
        }

        private static int both(int one, int other) {
            int fewest = Math.min(one >> 1 & 7, other >> 1 & 7);
            int most = Math.max(one >> 4 & 7, other >> 4 & 7);
            return (one | other) & (1 | 1 << 7) | fewest << 1 | most << 4;
        }
    }

    /** @param essential whether views of which the essence is the same are one */
    ModelViews(Bounds bounds, boolean essential) {
        this.bounds = bounds;
        this.essential = essential;
        this.model = new RaftModel(bounds);
        this.everVoters = bounds.everVoters();
        this.copies = new ModelCopies(model, everVoters);
        this.alike = bounds.special() < 0 ? everVoters : bounds.special();
        this.view = new int[everVoters + bounds.observers()];
        this.scratch = new int[view.length];
        long start = System.nanoTime();
        model.explore(this::look);
        for (int history = 0; history < model.histories(); history++) {
            observers.add(observersOf(history));
        }
        for (int part = 0; part < parts.size(); part++) {
            besideObservers(part);
        }
        for (int number = 0; number < essences.size(); number++) {
            noteView(viewOf(essences.first(number), view.length), essences.mark(number) & 0xff);
        }
        millis = (System.nanoTime() - start) / 1_000_000;
    }

    RaftModel model() {
        return model;
    }

    int size() {
        return views.size();
    }

    /** How many parts with what had happened were looked at, each beside each observer there could be. */
    long seen() {
        return seen;
    }

    long millis() {
        return millis;
    }

    /** Whether an observer was the only survivor, with the longest log, all of it committed. */
    boolean sawAllOfAnObserverAlone() {
        return allOfAnObserver;
    }

    /** Of the servers themselves: observers are among them only if they take part. */
    private void look(int[] servers, int history) {
        boolean room = true;
        for (int server : servers) {
            room &= ModelLog.length(server) < bounds.entries() && ModelLog.term(server) < bounds.terms();
        }
        boolean observersAreMissing = servers.length < view.length || bounds.observers() == 0;
        if (observersAreMissing && !bounds.details().contains(Detail.KNOWLEDGE_LAGS)) {
            partsOf(servers, history, room);
            return;
        }
        for (int surveyed = observersAreMissing ? 0 : 1; surveyed < 1 << servers.length; surveyed++) {
            look(servers, surveyed, 0, history, room);
        }
    }

    private void look(int[] servers, int surveyed, int i, int history, boolean room) {
        if (i == servers.length) {
            if (servers.length == view.length) {
                note(model.acknowledged(history), room);
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

    /** Each part of the servers. */
    private void partsOf(int[] servers, int history, boolean room) {
        for (int i = 0; i < everVoters; i++) {
            int log = servers[i] & ModelLog.LOG_MASK;
            int known = known(log, ModelLog.follows(servers[i]), model.acknowledged(history));
            view[i] = numbers.of(copyOf(log, ModelLog.term(servers[i]), known)) + 1;
        }
        RaftModel.sort(view, 0, alike);
        for (int surveyed = 0; surveyed < 1 << everVoters; surveyed++) {
            long part = 0;
            int shift = 0;
            for (int i = 0; i < alike; i++) {
                if ((surveyed >> i & 1) == 1) {
                    part |= (long) view[i] << shift;
                    shift += NUMBER_BITS;
                }
            }
            if (surveyed >> alike == 1) {
                part |= (long) view[alike] << alike * NUMBER_BITS;
            }
            parts.add(part, history << 1 | (room ? 1 : 0));
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
        int[] choices = observers.get(history);
        besideObservers(everVoters, choices, 0, model.acknowledged(history), room);
    }

    private void besideObservers(int i, int[] choices, int first, int acknowledged, boolean room) {
        if (i == view.length) {
            note(acknowledged, room);
            return;
        }
        for (int choice = first; choice < choices.length; choice++) {
            view[i] = choices[choice];
            besideObservers(i + 1, choices, choice, acknowledged, room);
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

    private void note(int acknowledged, boolean room) {
        int freshest = freshest(view);
        if (freshest == NONE) {
            return; // Nobody is surveyed.
        }
        seen++;
        int held = ModelLog.samePrefix(acknowledged, freshest);
        allOfAnObserver |= held == bounds.entries() && isAnObserverAlone();
        int mark = new Truth(held < ModelLog.length(acknowledged), held, held, room).mark();
        if (essential) {
            mark(essences, essences.add(essence(view, freshest, scratch), 0), mark);
        } else {
            noteView(renumbered(view), mark);
        }
    }

    private boolean isAnObserverAlone() {
        for (int i = 0; i < everVoters; i++) {
            if (view[i] != NONE) {
                return false;
            }
        }
        return true;
    }

    private void noteView(int[] seen, int mark) {
        mark(views, views.add(packed(seen, 0, everVoters), (int) packed(seen, everVoters, seen.length)), mark);
    }

    private static void mark(PackedSet set, int number, int mark) {
        if (number < 0) {
            set.mark(~number, (byte) Truth.both(set.mark(~number) & 0xff, mark));
        } else {
            set.mark(number, (byte) mark);
        }
    }

    /** What is essential of the view, in one number: the freshest log, how much is known, then four bits for each member. */
    private long essence(int[] view, int freshest, int[] essence) {
        int last = ModelLog.lastTerm(freshest);
        int known = 0;
        for (int i = 0; i < view.length; i++) {
            essence[i] = 0;
            if (view[i] != NONE) {
                known = Math.max(known, view[i] >> KNOWN_SHIFT);
                int later = ModelLog.term(view[i]) > last ? 1 : 0;
                essence[i] = 1 + (ModelLog.samePrefix(view[i], freshest) << 1 | later);
            }
        }
        RaftModel.sort(essence, 0, alike);
        RaftModel.sort(essence, everVoters, essence.length);
        long packed = freshest & ModelLog.LOG_MASK | known << ModelLog.LOG_BITS;
        for (int i = 0; i < essence.length; i++) {
            packed |= (long) essence[i] << ESSENCE_SHIFT + 4 * i;
        }
        return packed;
    }

    /** The view in which nobody has anything but what the freshest log has, and only those that hold all of it know anything. */
    private static int[] viewOf(long essence, int members) {
        int freshest = (int) essence & ModelLog.LOG_MASK;
        int known = (int) (essence >> ModelLog.LOG_BITS) & 7;
        int last = ModelLog.lastTerm(freshest);
        int[] view = new int[members];
        for (int i = 0; i < members; i++) {
            int member = (int) (essence >> ESSENCE_SHIFT + 4 * i) & 15;
            int same = (member - 1) >> 1;
            view[i] = member == 0
                    ? NONE
                    : copyOf(
                            ModelLog.prefix(freshest, same),
                            last + ((member - 1) & 1),
                            same == ModelLog.length(freshest) ? known : 0);
        }
        return renumbered(view);
    }

    /** The freshest of those that hold what one of them knows to be committed. */
    private static int freshest(int[] view) {
        int knowing = NONE;
        for (int copy : view) {
            knowing =
                    copy != NONE && (knowing == NONE || copy >> KNOWN_SHIFT > knowing >> KNOWN_SHIFT) ? copy : knowing;
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

    /** With the terms counted from 1 on. */
    private static int[] renumbered(int[] view) {
        int terms = 0;
        for (int copy : view) {
            terms |= copy == NONE ? 0 : terms(copy);
        }
        int[] renumbered = new int[view.length];
        for (int i = 0; i < view.length; i++) {
            renumbered[i] = view[i] == NONE ? NONE : renumbered(view[i], terms);
        }
        return renumbered;
    }

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
        RaftModel.sort(sorted, 0, from == 0 ? alike : sorted.length);
        long packed = 0;
        for (int i = 0; i < sorted.length; i++) {
            packed |= (long) sorted[i] << i * NUMBER_BITS;
        }
        return packed;
    }

    /** Shows each view as the copies that a survey would have, with the truth. Several threads do. */
    void forEach(BiConsumer<List<Copy>, Truth> visitor) {
        IntStream.range(0, views.size())
                .parallel()
                .forEach(number -> visitor.accept(copies.of(view(number)), Truth.of(views.mark(number))));
    }

    /** Shows each view, and what is essential of it as another one. Several threads do. */
    void forEachWithEssence(EssenceVisitor visitor) {
        IntStream.range(0, views.size()).parallel().forEach(number -> {
            int[] view = view(number);
            long essence = essence(view, freshest(view), new int[view.length]);
            visitor.visit(copies.of(view), copies.of(viewOf(essence, view.length)), Truth.of(views.mark(number)));
        });
    }

    /** Looks at a view beside what is essential of it. */
    interface EssenceVisitor {
        void visit(List<Copy> copies, List<Copy> essence, Truth truth);
    }

    private int[] view(int number) {
        int[] view = new int[everVoters + bounds.observers()];
        for (int i = 0; i < view.length; i++) {
            long packed = i < everVoters
                    ? views.first(number) >>> i * NUMBER_BITS
                    : views.second(number) >>> (i - everVoters) * NUMBER_BITS;
            int copy = (int) packed & NUMBER_MASK;
            view[i] = copy == 0 ? NONE : numbers.value(copy - 1);
        }
        RaftModel.sort(view, 0, alike);
        RaftModel.sort(view, everVoters, view.length);
        return view;
    }
}
