package io.metastore.recovery;

import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.Membership;
import io.metastore.recovery.journal.TermRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The copies of {@link ModelViews} as a survey would have them. Callable from any thread. */
@SuppressWarnings("OperatorPrecedence") // As in the model.
final class ModelCopies {
    /** In the place of a copy of a member that is not surveyed. */
    static final int NONE = -1;

    static final int KNOWN_SHIFT = ModelLog.LOG_BITS + 2;
    static final int BITS = KNOWN_SHIFT + 3;

    private static final int VOTERS_MAX = 5;
    /** Of voters by number, as bits. */
    private static final List<Set<String>> NAMES =
            IntStream.range(0, 1 << VOTERS_MAX).mapToObj(ModelCopies::names).toList();

    private final RaftModel model;
    private final int everVoters;
    /** By member and copy; there are few in many views. */
    private final Map<Integer, Copy> copies = new ConcurrentHashMap<>();

    ModelCopies(RaftModel model, int everVoters) {
        this.model = model;
        this.everVoters = everVoters;
    }

    List<Copy> of(int[] view) {
        List<Copy> surveyed = new ArrayList<>();
        for (int i = 0; i < view.length; i++) {
            if (view[i] != NONE) {
                surveyed.add(copies.computeIfAbsent(i << BITS | view[i], this::newCopy));
            }
        }
        return surveyed;
    }

    private Copy newCopy(int memberAndCopy) {
        int member = memberAndCopy >> BITS;
        int packed = memberAndCopy & (1 << BITS) - 1;
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
