package io.metastore.recovery;

import io.metastore.api.LogPosition;
import io.metastore.recovery.RaftModel.Bounds;
import io.metastore.recovery.RaftModel.Reached;
import io.metastore.recovery.journal.Membership;
import io.metastore.recovery.journal.TermRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Everything that any surveyed part of the servers can look like, and what may have been acknowledged when it looks like that. */
@SuppressWarnings("OperatorPrecedence") // As in the model.
final class ModelViews {
    private static final int KNOWN_SHIFT = 18;
    private static final int COPY_BITS = 21;
    private static final int COPY_MASK = (1 << COPY_BITS) - 1;

    /** Of servers by number, as bits. */
    private static final List<Set<String>> NAMES =
            IntStream.range(0, 1 << 8).mapToObj(ModelViews::names).toList();

    private final Bounds bounds;
    private final RaftModel model;
    private final Map<Key, Truth> views = new HashMap<>();
    /** There are few in many views. */
    private final Map<Integer, Copy> copies = new HashMap<>();

    /** The surveyed servers: up to five in 21 bits each, one more than zero so that none is seen as none; the special one in its own place. */
    private record Key(long low, long high, long special) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && low == key.low && high == key.high && special == key.special;
        }

        /** Of all bits: those of the parts are packed, and there are millions. */
        @Override
        public int hashCode() {
            return RaftModel.hash(low + 31 * special, high);
        }
    }

    /** What is true in the states that look alike. */
    static final class Truth {
        /** Whether something acknowledged is missing in the freshest log in one of them. */
        boolean loss;
        /** The fewest acknowledged entries of the freshest log. */
        int fewest = Integer.MAX_VALUE;
        /** The most. */
        int most;
    }

    ModelViews(Bounds bounds) {
        this.bounds = bounds;
        this.model = new RaftModel(bounds);
        model.explore(this::look);
    }

    private int special() {
        return bounds.change() == 0 ? -1 : bounds.servers() - 1;
    }

    private void look(Reached state) {
        int[] servers = state.servers();
        for (int surveyed = 1; surveyed < 1 << servers.length; surveyed++) {
            int[] copies = new int[Integer.bitCount(surveyed)];
            int[] all = new int[copies.length];
            int used = 0;
            int seen = 0;
            long special = 0;
            for (int i = 0; i < servers.length; i++) {
                if ((surveyed >> i & 1) == 1) {
                    int copy = packed(servers[i], state.acknowledged());
                    all[seen++] = copy;
                    if (i == special()) {
                        special = copy + 1L;
                    } else {
                        copies[used++] = copy;
                    }
                }
            }
            Arrays.sort(copies, 0, used);
            note(key(copies, used, special), freshest(all), state.acknowledged());
        }
    }

    /** A server and how many entries it can know to be committed: how many it holds of those that leaders it can have heard of committed. */
    private static int packed(int server, int acknowledged) {
        int known = Math.min(
                RaftModel.samePrefix(server, acknowledged),
                RaftModel.committedBy(acknowledged, RaftModel.follows(server)));
        return server & (1 << KNOWN_SHIFT) - 1 | known << KNOWN_SHIFT;
    }

    /** The freshest of those that hold what one of them knows to be committed. */
    private static int freshest(int[] copies) {
        int knowing = copies[0];
        for (int copy : copies) {
            knowing = copy >> KNOWN_SHIFT > knowing >> KNOWN_SHIFT ? copy : knowing;
        }
        int freshest = knowing;
        for (int copy : copies) {
            boolean holds = RaftModel.samePrefix(copy, knowing) >= knowing >> KNOWN_SHIFT;
            freshest = holds && freshness(copy) > freshness(freshest) ? copy : freshest;
        }
        return freshest;
    }

    private static int freshness(int copy) {
        int length = RaftModel.length(copy);
        return length == 0 ? 0 : RaftModel.entryTerm(copy, length - 1) * 8 + length;
    }

    private static Key key(int[] copies, int used, long special) {
        long low = 0;
        long high = 0;
        for (int i = 0; i < used; i++) {
            long one = copies[i] + 1L;
            if (i < 3) {
                low |= one << i * COPY_BITS;
            } else {
                high |= one << (i - 3) * COPY_BITS;
            }
        }
        return new Key(low, high, special);
    }

    private void note(Key key, int freshest, int acknowledged) {
        Truth truth = views.computeIfAbsent(key, any -> new Truth());
        truth.loss |= !RaftModel.isPrefix(acknowledged, freshest);
        int held = RaftModel.samePrefix(acknowledged, freshest);
        truth.fewest = Math.min(truth.fewest, held);
        truth.most = Math.max(truth.most, held);
    }

    /** Shows each view as the copies that a survey would have, with the truth. */
    void forEach(BiConsumer<List<Copy>, Truth> visitor) {
        views.forEach((key, truth) -> visitor.accept(copies(key), truth));
    }

    private List<Copy> copies(Key key) {
        List<Copy> copies = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            long one = (i < 3 ? key.low() >>> i * COPY_BITS : key.high() >>> (i - 3) * COPY_BITS) & COPY_MASK;
            if (one != 0) {
                copies.add(copy(i, (int) one - 1));
            }
        }
        if (key.special() != 0) {
            copies.add(copy(special(), (int) key.special() - 1));
        }
        return copies;
    }

    private Copy copy(int server, int packed) {
        return copies.computeIfAbsent(server << COPY_BITS | packed, any -> newCopy(server, packed));
    }

    private Copy newCopy(int server, int packed) {
        List<TermRun> terms = new ArrayList<>();
        List<Membership> memberships = new ArrayList<>(List.of(membership(-1, RaftModel.BEFORE)));
        int length = RaftModel.length(packed);
        long term = 0;
        for (int i = 0; i < length; i++) {
            if (RaftModel.entryTerm(packed, i) > term) {
                term = RaftModel.entryTerm(packed, i);
                terms.add(new TermRun(term, i));
            }
            if (RaftModel.entryKind(packed, i) != RaftModel.COMMAND) {
                memberships.add(membership(i, RaftModel.entryKind(packed, i)));
            }
        }
        LogPosition last = length == 0 ? LogPosition.NONE : new LogPosition(term, length - 1);
        return new Copy(
                "s" + server,
                "1",
                1,
                true,
                false,
                true,
                RaftModel.term(packed),
                terms,
                last,
                last.index(),
                (packed >> KNOWN_SHIFT) - 1,
                memberships);
    }

    private Membership membership(long index, int kind) {
        int[] halves = model.halves(kind);
        return new Membership(
                index, NAMES.get(halves[halves.length - 1]), halves.length > 1 ? NAMES.get(halves[0]) : Set.of());
    }

    private static Set<String> names(int members) {
        return IntStream.range(0, 8)
                .filter(i -> (members >> i & 1) == 1)
                .mapToObj(i -> "s" + i + "@1")
                .collect(Collectors.toUnmodifiableSet());
    }
}
