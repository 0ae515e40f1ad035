package io.metastore.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * Entries of an epoch that the cluster went on without after a recovery, as a member keeps them in its directory. Whether one of their writes was acknowledged is not
 * in them; the verdict of the recovery says what may have been. The module metastore-recovery reads, exports and proposes them again.
 *
 * <p>What a leader of an epoch cut off another member's journal without any recovery is none of these: it goes on every day in the epoch that lives, whose journal is not read
 * beside its writer. {@code Recovery.branches(directories)} of metastore-recovery lists that too, as {@code OVERWRITTEN}, by directories.
 *
 * @param kind how it came to be
 * @param epoch whose entries they are
 * @param member whose copy it is, as {@code name@incarnation}; empty when that is not known
 * @param recovery that went on without them
 * @param nextEpoch that began with it
 * @param first position of the first entry
 * @param last position of the last entry that can be read
 * @param entries how many there are, with those of the cluster itself
 * @param transactions of the application in them
 * @param changes that these make when their conditions hold
 * @param exact whether the entry before the first is known to have been taken over
 * @param damage what ends it early; empty when it is whole
 * @param keeper name of the member in whose directory it is
 * @param place path of the file, or of the journal, on that member's host
 */
public record KeptBranch(
        Kind kind,
        long epoch,
        String member,
        UUID recovery,
        long nextEpoch,
        LogPosition first,
        LogPosition last,
        long entries,
        long transactions,
        long changes,
        boolean exact,
        String damage,
        String keeper,
        String place) {

    /** How a branch comes to be by a recovery. There is no kind here for what was overwritten without one. */
    public enum Kind {
        /** What the member that went on had and its next epoch did not take over. */
        CUT_TAIL,
        /** What another member had instead of, or behind, what was taken over. */
        OTHER_COPY,
        /** What an epoch had whose recovery was undone. */
        TAKEN_BACK
    }

    public KeptBranch {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(recovery, "recovery");
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(last, "last");
        Objects.requireNonNull(damage, "damage");
        Objects.requireNonNull(keeper, "keeper");
        Objects.requireNonNull(place, "place");
    }

    /** As plain values, for programs: strings, numbers and booleans in a fixed order. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", kind.name());
        map.put("epoch", epoch);
        map.put("member", member);
        map.put("recovery", recovery.toString());
        map.put("nextEpoch", nextEpoch);
        map.put("firstTerm", first.term());
        map.put("first", first.index());
        map.put("lastTerm", last.term());
        map.put("last", last.index());
        map.put("entries", entries);
        map.put("transactions", transactions);
        map.put("changes", changes);
        map.put("exact", exact);
        map.put("damage", damage);
        map.put("keeper", keeper);
        map.put("place", place);
        return map;
    }

    /** A line, for people. */
    @Override
    public String toString() {
        return kind + " of epoch " + epoch + " at " + (member.isEmpty() ? "an unknown member" : member) + ": entries "
                + first + " to " + last + ", " + entries + " entries, " + transactions + " transactions, " + changes
                + " changes; epoch " + nextEpoch + " went on without, recovery " + recovery
                + (exact ? "" : "; where it begins is not known for certain")
                + (damage.isEmpty() ? "" : "; ends early: " + damage) + "; kept by " + keeper + " in " + place;
    }
}
