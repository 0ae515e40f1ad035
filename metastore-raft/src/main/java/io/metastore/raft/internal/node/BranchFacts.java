package io.metastore.raft.internal.node;

import io.metastore.api.KeptBranch;
import io.metastore.api.LogPosition;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.offline.BranchListing.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What a member tells others of the branches that it keeps: a few of them, as it is told every second. */
final class BranchFacts {

    /** The newest ones; an operator is told of some, and where to look for all. */
    static final int BRANCHES_MAX = 8;

    static final int UNDECIDED_MAX = 4;

    private static final String BRANCH = "branch.";
    private static final String UNDECIDED = "branch.undecided.";
    private static final String NOTHING = "-";
    private static final int WORDS = 11;

    private BranchFacts() {}

    /** Adds them to what a member tells; nothing when there are none. */
    static MemberFacts tell(MemberFacts facts, Found found) {
        int number = 0;
        for (KeptBranch each : found.branches()) {
            if (number < BRANCHES_MAX) {
                String key = BRANCH + number++;
                facts.with(key, line(each)).with(key + ".place", each.place());
                if (!each.damage().isEmpty()) {
                    facts.with(key + ".damage", each.damage());
                }
            }
        }
        int sentence = 0;
        for (String each : found.undecided()) {
            if (sentence < UNDECIDED_MAX) {
                facts.with(UNDECIDED + sentence++, each);
            }
        }
        return facts;
    }

    /**
     * What a member told; what this build does not understand is left out.
     *
     * @param keeper its name
     */
    static Found heard(String keeper, MemberFacts facts) {
        List<KeptBranch> branches = new ArrayList<>();
        for (int number = 0; number < BRANCHES_MAX && facts.has(BRANCH + number); number++) {
            String key = BRANCH + number;
            try {
                branches.add(branch(
                        keeper,
                        facts.text(key).split(" ", -1),
                        facts.text(key + ".damage"),
                        facts.text(key + ".place")));
            } catch (IllegalArgumentException e) {
                // Of a newer build: that there is one is told by whoever keeps it.
            }
        }
        List<String> undecided = new ArrayList<>();
        for (int sentence = 0; sentence < UNDECIDED_MAX && facts.has(UNDECIDED + sentence); sentence++) {
            undecided.add(facts.text(UNDECIDED + sentence));
        }
        return new Found(branches, undecided);
    }

    private static String line(KeptBranch branch) {
        return branch.kind() + " " + branch.epoch() + " " + branch.nextEpoch() + " " + branch.recovery() + " "
                + (branch.member().isEmpty() ? NOTHING : branch.member()) + " " + text(branch.first()) + " "
                + text(branch.last()) + " " + branch.entries() + " " + branch.transactions() + " " + branch.changes()
                + " " + branch.exact();
    }

    private static KeptBranch branch(String keeper, String[] words, String damage, String place) {
        if (words.length != WORDS) {
            throw new IllegalArgumentException("expected so many words: " + WORDS);
        }
        return new KeptBranch(
                KeptBranch.Kind.valueOf(words[0]),
                Long.parseLong(words[1]),
                words[4].equals(NOTHING) ? "" : words[4],
                UUID.fromString(words[3]),
                Long.parseLong(words[2]),
                position(words[5]),
                position(words[6]),
                Long.parseLong(words[7]),
                Long.parseLong(words[8]),
                Long.parseLong(words[9]),
                Boolean.parseBoolean(words[10]),
                damage,
                keeper,
                place);
    }

    private static String text(LogPosition position) {
        return position.term() + ":" + position.index();
    }

    private static LogPosition position(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no position: " + text);
        }
        return new LogPosition(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }
}
