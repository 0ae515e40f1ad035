package io.metastore.raft.internal.members;

import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Groups to decide about: written as {@code fe1 fe2! fe3? o1/}: {@code !} is down, {@code ?} is far behind, {@code /} has no vote; the first leads. */
final class Rosters {

    static final long LAST = 100_000;

    private Rosters() {}

    static Roster of(String text) {
        List<GroupMember> members = new ArrayList<>();
        Map<String, Roster.Seen> seen = new HashMap<>();
        String leader = null;
        for (String word : List.of(text.split(" ", -1))) {
            String name = word.replaceAll("[!?/]", "");
            members.add(new GroupMember(id(name, 1), name + ":1", !word.contains("/")));
            if (!word.contains("!")) {
                seen.put(name, new Roster.Seen(id(name, 1), word.contains("?") ? 0 : LAST));
            }
            leader = leader == null ? name : leader;
        }
        return new Roster(new GroupConfiguration(5, members, true), leader, LAST, seen);
    }

    static String id(String name, long life) {
        return new MemberId(name, new UUID(life, name.hashCode())).text();
    }

    static StoredOperation asked(OperationType type, String target) {
        return asked(type, target, id(target, 1), false);
    }

    static StoredOperation asked(OperationType type, String target, String member, boolean force) {
        Operation info = new Operation(
                1, type, target, "fe1", OperationState.PENDING, "accepted", Instant.EPOCH, null, null, 0, -1);
        boolean votes =
                type == OperationType.ADD_VOTER || type == OperationType.PROMOTE || type == OperationType.REPLACE;
        return new StoredOperation(
                info,
                target + ":1",
                member,
                type == OperationType.REPLACE ? id(target, 1) : "",
                votes,
                force,
                type != OperationType.ADD_VOTER && type != OperationType.ADD_OBSERVER && type != OperationType.REPLACE,
                StoredOperation.Phase.OPEN,
                "");
    }

    /** The group after a step was made, everybody who came alive and level. */
    static Roster after(Roster before, NextStep step, @Nullable String nextLeader) {
        if (step instanceof NextStep.Change change) {
            Map<String, Roster.Seen> seen = new HashMap<>(before.seen());
            for (GroupMember member : change.wanted()) {
                if (before.configuration().withId(member.id()) == null) {
                    seen.put(member.name(), new Roster.Seen(member.id(), LAST));
                }
            }
            return new Roster(
                    new GroupConfiguration(before.configuration().index() + 2, change.wanted(), true),
                    before.leader(),
                    LAST,
                    seen);
        }
        return new Roster(before.configuration(), nextLeader, LAST, before.seen());
    }

    /** As {@code fe1 fe2 o1/}, sorted. */
    static String text(GroupConfiguration group) {
        return String.join(
                " ",
                group.members().stream()
                        .map(member -> member.name() + (member.voter() ? "" : "/"))
                        .sorted()
                        .toList());
    }
}
