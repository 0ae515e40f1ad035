package io.metastore.recovery;

import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.Membership;
import io.metastore.recovery.journal.TermRun;
import java.util.List;

/**
 * What one copy of a member's data holds, as far as it can be read.
 *
 * @param name of the member
 * @param incarnation the life of its directory this is; a voter is a name in one life
 * @param epoch how often the cluster had been recovered
 * @param voter whether it says of itself that it has a vote; for people
 * @param alive whether the member is up and answers
 * @param complete whether everything is there that the member ever acknowledged: its own disk as it left it, without damage. Not so for a backup, an older
 *     copy, or a journal that is damaged anywhere but at its torn end
 * @param term the highest the member has taken part in; -1 when that is not known
 * @param terms of its log, in order; without those that went with entries before an image
 * @param last of its log, or of its image if that is further; {@link LogPosition#NONE} for nothing
 * @param lastIndexMax upper bound of the last index that the member had; {@link Long#MAX_VALUE} when nothing bounds it. As in {@code last} for a complete one
 * @param committed the highest index that it knows to be committed, by hints in its log or by what it has applied; -1 for none. A lower bound
 * @param memberships in its log, in order, and before them the one that was in force where the log begins, which is committed
 */
public record Copy(
        String name,
        String incarnation,
        long epoch,
        boolean voter,
        boolean alive,
        boolean complete,
        long term,
        List<TermRun> terms,
        LogPosition last,
        long lastIndexMax,
        long committed,
        List<Membership> memberships) {

    public Copy {
        terms = List.copyOf(terms);
        memberships = List.copyOf(memberships);
        if (epoch < 1 || term < -1 || committed > last.index() || lastIndexMax < last.index()) {
            throw new IllegalArgumentException("invalid copy: name=" + name + " epoch=" + epoch + " term=" + term
                    + " last=" + last + " lastIndexMax=" + lastIndexMax + " committed=" + committed);
        }
    }

    /** Identity in the group: of a member in one life. */
    public String id() {
        return name + "@" + incarnation;
    }

    /**
     * The same as an older copy, which says nothing about what its member acknowledged later.
     *
     * @param bound {@code lastIndexMax} of it
     */
    Copy asIncomplete(long bound) {
        return new Copy(
                name, incarnation, epoch, voter, alive, false, term, terms, last, bound, committed, memberships);
    }

    /** Term of the entry at an index; -1 when the log does not hold it or does not tell. */
    long termAt(long index) {
        long term = -1;
        for (TermRun run : terms) {
            term = run.first() <= index && index <= last.index() ? run.term() : term;
        }
        return term;
    }

    /** Last index of the run of one term that holds an index of which the term is known. */
    long runEnd(long index) {
        return terms.stream()
                        .mapToLong(TermRun::first)
                        .filter(first -> first > index)
                        .min()
                        .orElse(last.index() + 1)
                - 1;
    }

    /** First index of which the term is known; one more than the last when none is. */
    long firstKnown() {
        return terms.isEmpty() ? last.index() + 1 : terms.get(0).first();
    }

    /** Up to which index both logs hold the same; -1 for nowhere. Two entries of one index and one term are one entry, and so are all before them. */
    public long sameUpTo(Copy other) {
        long shorter = Math.min(last.index(), other.last.index());
        long same = Math.min(Math.max(committedBefore(), other.committedBefore()), shorter);
        for (int i = 0; i < terms.size(); i++) {
            for (int j = 0; j < other.terms.size(); j++) {
                if (terms.get(i).term() == other.terms.get(j).term()) {
                    same = Math.max(same, Math.min(end(i), other.end(j)));
                }
            }
        }
        return same;
    }

    /** The last index before the log, contained in the image it begins behind. */
    private long committedBefore() {
        return terms.isEmpty() ? last.index() : terms.get(0).first() - 1;
    }

    private long end(int run) {
        return run + 1 < terms.size() ? terms.get(run + 1).first() - 1 : last.index();
    }
}
