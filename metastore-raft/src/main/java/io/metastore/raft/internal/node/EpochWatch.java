package io.metastore.raft.internal.node;

import io.metastore.api.EpochBeginning;
import io.metastore.api.Health;
import io.metastore.api.StoreClosedException;
import io.metastore.raft.internal.members.EpochHistory;
import io.metastore.raft.internal.members.EpochHistory.Relation;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the cluster was recovered without this member, or twice, apart. Members tell each other by which recoveries they came into their epoch; those of the
 * epoch before are told too, as long as they are not members again.
 */
final class EpochWatch {

    /**
     * That the cluster goes on without this member.
     *
     * @param told by whom, where it listens
     * @param recovery by which it was left behind, and the epoch that began then
     */
    record Superseded(String told, EpochHistory.Step recovery) {}

    /** Takes what was found. */
    interface Listener {
        void superseded(Superseded by);
    }

    private final long epoch;
    private final List<Membership.Member> former;

    /** How the epoch began, before that is on record. */
    private final Optional<EpochHistory.Step> beginning;

    /** What members of other histories told last, by name and address. */
    private final Map<String, EpochHistory> split = new ConcurrentHashMap<>();

    private volatile @Nullable EpochHistory own;
    private volatile Supplier<List<EpochBeginning>> lineage = List::of;
    private volatile Listener listener = by -> {};

    EpochWatch(MemberDirectory directory) {
        this.epoch = directory.membership().epoch();
        this.former = directory.formerMembers();
        this.own = epoch == 1 ? new EpochHistory(1, List.of()) : null;
        this.beginning = directory.genesis().map(genesis -> new EpochHistory.Step(genesis.epoch(), genesis.recovery()));
    }

    /** Set while opening. */
    void lineage(Supplier<List<EpochBeginning>> source) {
        lineage = source;
    }

    /** Told once or more. Set while opening. */
    void onSuperseded(Listener action) {
        listener = action;
    }

    /** Members of the epoch before: whoever of them is up is to hear that it has ended. */
    List<Membership.Member> former() {
        return former;
    }

    /** Adds the epoch to what this member tells. */
    MemberFacts tell(MemberFacts facts) {
        EpochHistory own = own();
        return own == null ? facts : own.tell(facts);
    }

    /** Read from the state until it is there; it does not change any more while this member is open. */
    private @Nullable EpochHistory own() {
        EpochHistory found = own;
        if (found == null) {
            try {
                found = EpochHistory.of(epoch, lineage.get(), beginning);
            } catch (StoreClosedException e) {
                return null;
            }
            own = found;
        }
        return found;
    }

    /**
     * Looks at what another member of the cluster told.
     *
     * @return whether it is of this epoch, or does not say: only then anything else it tells is about the same group
     */
    boolean isOfThisEpoch(MemberFacts facts) {
        EpochHistory own = own();
        EpochHistory other = EpochHistory.heard(facts);
        if (own == null || other == null) {
            return true;
        }
        String who = facts.text("id") + " at " + facts.text("address");
        Relation relation = own.relationOf(other);
        if (relation == Relation.SPLIT) {
            split.put(who, other);
        } else {
            split.remove(who);
        }
        if (relation == Relation.AHEAD) {
            listener.superseded(new Superseded(facts.text("address"), own.left(other)));
        }
        return relation == Relation.SAME;
    }

    /** A finding for each member that was recovered apart from this one. */
    List<Health.Finding> findings() {
        EpochHistory own = own();
        return new TreeMap<>(split)
                .entrySet().stream()
                        .map(each -> new Health.Finding(
                                "RECOVERED_TWICE",
                                "the cluster was recovered twice, apart, and goes on in two histories: here=" + own
                                        + " there=" + each.getValue() + " member=" + each.getKey(),
                                "decide which history is to stay; stop the members of the other one, save what only they have"
                                        + " (Recovery.branches), empty their directories and let them join"))
                        .toList();
    }
}
