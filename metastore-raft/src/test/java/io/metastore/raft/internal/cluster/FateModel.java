package io.metastore.raft.internal.cluster;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A cluster of three that elects, appends, commits, loses leaders and is recovered from one of its logs, cut anywhere, while the others may go on; then from one of
 * what came of that. Knows of each entry what it is, which the rule does not.
 */
final class FateModel {
    private static final int MEMBERS = 3;

    /** An entry; one that records the beginning of an epoch has it. */
    private record Entry(int id, long term, long begins) {}

    /** A receipt and the entry that it is really about. */
    record Receipt(Revision revision, int entry) {}

    /** A beginning and the index of the entry that records it. */
    private record Recorded(Beginning beginning, int index) {
        long epoch() {
            return beginning.epoch().epoch();
        }
    }

    private static final class Member {
        final List<Entry> log = new ArrayList<>();
        long term;
        boolean leads;
    }

    /** The members of one epoch. */
    private static final class Group {
        final long epoch;
        final List<Member> members = new ArrayList<>();
        int committed;

        Group(long epoch) {
            this.epoch = epoch;
        }
    }

    private final Random random;
    private final List<Receipt> receipts = new ArrayList<>();
    private final List<Recorded> recorded = new ArrayList<>();
    private final StringBuilder story = new StringBuilder();
    private int ids;
    private int journalFirst;
    private boolean somethingUnrecorded;
    private Group group = new Group(1);
    private int applied;

    FateModel(Random random) {
        this.random = random;
        for (int i = 0; i < MEMBERS; i++) {
            group.members.add(new Member());
        }
    }

    void run() {
        work(group, 10 + random.nextInt(40));
        int recoveries = group.committed == 0 ? 0 : random.nextInt(4);
        long unused = 2;
        for (int i = 0; i < recoveries; i++) {
            if (random.nextInt(5) == 0) { // One that is taken back, whatever came of it.
                work(recovered(unused++, false), 10);
            }
            Group before = group;
            group = recovered(unused++, true);
            if (random.nextBoolean()) {
                work(before, 10 + random.nextInt(20)); // Those that were not there go on.
            }
            work(group, 10 + random.nextInt(30));
        }
        applied = random.nextInt(4) == 0 ? random.nextInt(group.committed + 1) : group.committed;
    }

    private Group recovered(long epoch, boolean stays) {
        Member from = group.members.get(random.nextInt(MEMBERS));
        for (Member each : group.members) {
            from = from.log.isEmpty() ? each : from;
        }
        Group next = new Group(epoch);
        Member only = new Member();
        int size = Math.min(from.log.size(), journalFirst);
        size += random.nextInt(from.log.size() - size + 1);
        size = Math.max(size, 1);
        next.committed = stays && random.nextBoolean() ? 0 : size; // Answers may be given again by an epoch that stays.
        only.log.addAll(from.log.subList(0, size));
        only.term = from.term;
        for (Member other : group.members) {
            only.term = Math.max(only.term, random.nextBoolean() ? other.term : 0);
        }
        next.members.add(only);
        for (int i = 1; i < MEMBERS; i++) {
            Member joined = new Member();
            joined.term = only.term;
            next.members.add(joined);
        }
        int first = random.nextBoolean() ? journalFirst : Math.min(size, journalFirst + random.nextInt(4));
        story.append("epoch ").append(epoch).append(" from ").append(group.epoch);
        story.append(" size ").append(size).append(" first ").append(first).append(stays ? "" : " taken back");
        if (lead(next, only)) {
            int record = window(next, only);
            if (stays) {
                journalFirst = first;
                somethingUnrecorded |= recorded.removeIf(each -> !isIn(only, each));
                if (record >= 0) {
                    recorded.add(new Recorded(beginning(next, only, size), record));
                } else {
                    somethingUnrecorded = true;
                }
            }
        }
        story.append('\n');
        return next;
    }

    /** Entries before the record of the beginning, and in most cases the record. */
    private int window(Group next, Member only) {
        int before = random.nextInt(3);
        for (int i = 0; i < before; i++) {
            append(only, 0);
        }
        boolean begins = random.nextInt(6) > 0;
        if (begins) {
            append(only, next.epoch);
        }
        commit(next, only, only.log.size());
        story.append(begins ? " recorded at " + (only.log.size() - 1) : " not recorded");
        return begins ? only.log.size() - 1 : -1;
    }

    private Beginning beginning(Group next, Member only, int size) {
        List<LogPosition> terms = new ArrayList<>();
        for (int i = journalFirst; i < size; i++) {
            long term = only.log.get(i).term();
            if (terms.isEmpty() || terms.get(terms.size() - 1).term() != term) {
                terms.add(new LogPosition(term, i));
            }
        }
        return FateRuleTest.beginning(
                next.epoch, group.epoch, only.log.get(size - 1).term(), size - 1, terms);
    }

    private static boolean isIn(Member member, Recorded each) {
        return each.index() < member.log.size() && member.log.get(each.index()).begins() == each.epoch();
    }

    private void work(Group now, int steps) {
        for (int i = 0; i < steps; i++) {
            Member member = now.members.get(random.nextInt(MEMBERS));
            int what = random.nextInt(6);
            if (what == 0) {
                lead(now, member);
            } else if (member.leads && what < 4) {
                append(member, 0);
            } else if (member.leads) {
                Member follower = now.members.get(random.nextInt(MEMBERS));
                replicate(now, member, follower);
            }
        }
    }

    /** Of a later epoch the first member is the only voter, of the first one all are. */
    private static List<Member> voters(Group now) {
        return now.epoch == 1 ? now.members : now.members.subList(0, 1);
    }

    private boolean lead(Group now, Member candidate) {
        List<Member> voters = voters(now);
        long term = candidate.term + 1;
        List<Member> for_ = voters.stream()
                .filter(each ->
                        each == candidate || (random.nextInt(4) > 0 && each.term < term && !isFresher(each, candidate)))
                .toList();
        if (!voters.contains(candidate) || for_.size() <= voters.size() / 2) {
            return false;
        }
        for_.forEach(each -> {
            each.term = term;
            each.leads = false;
        });
        candidate.leads = true;
        append(candidate, 0);
        return true;
    }

    private static boolean isFresher(Member one, Member other) {
        return last(one).compareTo(last(other)) > 0;
    }

    private static LogPosition last(Member member) {
        int size = member.log.size();
        return size == 0
                ? LogPosition.NONE
                : new LogPosition(member.log.get(size - 1).term(), size - 1);
    }

    private void append(Member leader, long begins) {
        leader.log.add(new Entry(ids++, leader.term, begins));
    }

    private void replicate(Group now, Member leader, Member follower) {
        if (follower != leader && follower.term <= leader.term) {
            int upTo = random.nextInt(leader.log.size() + 1);
            int same = 0;
            while (same < Math.min(upTo, follower.log.size())
                    && follower.log.get(same).equals(leader.log.get(same))) {
                same++;
            }
            if (same < upTo) {
                follower.log.subList(same, follower.log.size()).clear();
                follower.log.addAll(leader.log.subList(same, upTo));
            }
            follower.term = leader.term;
            follower.leads = false;
        }
        for (int size = leader.log.size(); size > now.committed; size--) {
            Entry entry = leader.log.get(size - 1);
            int at = size - 1;
            long have = voters(now).stream()
                    .filter(each -> each.log.size() > at && each.log.get(at).equals(entry))
                    .count();
            if (entry.term() == leader.term && have > voters(now).size() / 2) {
                commit(now, leader, size);
                return;
            }
        }
    }

    private void commit(Group now, Member leader, int size) {
        for (int i = now.committed; i < size; i++) {
            Entry entry = leader.log.get(i);
            LogPosition position = new LogPosition(entry.term(), i);
            receipts.add(new Receipt(new Revision(now.epoch, i + 1L, position), entry.id()));
        }
        now.committed = size;
    }

    List<Receipt> receipts() {
        return receipts;
    }

    /** What a member says that has applied so much of the last epoch. */
    FateRule rule() {
        List<Entry> log = history(applied);
        long epoch = 1;
        List<Beginning> known = new ArrayList<>();
        for (Entry entry : log) {
            epoch = entry.begins() > 0 ? entry.begins() : epoch;
        }
        for (Recorded each : recorded) {
            if (each.index() < log.size()) {
                known.add(each.beginning());
            }
        }
        LogPosition at = log.isEmpty()
                ? LogPosition.NONE
                : new LogPosition(log.get(log.size() - 1).term(), log.size() - 1);
        return new FateRule(group.epoch, new Revision(epoch, log.size(), at), at, known);
    }

    private List<Entry> history(int upTo) {
        Member most = group.members.get(0);
        for (Member each : group.members) {
            most = each.leads && each.term >= most.term ? each : most;
        }
        for (Member each : group.members) {
            if (most.log.size() < group.committed && each.log.size() >= group.committed) {
                most = each;
            }
        }
        return most.log.subList(0, Math.min(upTo, most.log.size()));
    }

    /** Whether the entry is in what the member has applied. */
    boolean hasApplied(Receipt receipt) {
        return history(applied).stream().anyMatch(each -> each.id() == receipt.entry());
    }

    /** Whether it is in all that is committed. */
    boolean hasCommitted(Receipt receipt) {
        return history(group.committed).stream().anyMatch(each -> each.id() == receipt.entry());
    }

    /** Whether nothing may be unknown: all is applied, recorded, and no journal was purged. */
    boolean tellsAll() {
        return applied == group.committed && !somethingUnrecorded && journalFirst == 0 && recordedLive();
    }

    private boolean recordedLive() {
        return group.epoch == 1 || recorded.stream().anyMatch(each -> each.epoch() == group.epoch);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(story);
        text.append("known ").append(recorded).append("\nhistory ");
        history(applied).forEach(each -> text.append(each.term()).append(' '));
        return text.toString();
    }
}
