package io.metastore.raft.internal.node;

import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.members.RecentEntries;
import io.metastore.raft.internal.members.Roster;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the journals reach, and up to where one has to reach to be near.
 *
 * @param last index of the last entry
 * @param nearFrom see {@link RecentEntries#nearFrom}
 */
record Line(long last, long nearFrom) {

    /**
     * By the leader, as far as it tells; else by the member that is furthest. One of an earlier build does not tell from where on another one is near: by it, entries are
     * counted.
     *
     * @param told by name, at least one
     */
    static Line of(Map<String, MemberFacts> told, @Nullable String leader) {
        MemberFacts leading = leader == null ? null : told.get(leader);
        MemberFacts measure = leading != null
                ? leading
                : Collections.max(told.values(), Comparator.comparing(facts -> facts.number(OwnFacts.LAST)));
        long last = measure.number(OwnFacts.LAST);
        return new Line(last, Math.max(measure.number(OwnFacts.NEAR_FROM), last - Roster.NEAR_ENTRIES));
    }
}
