package io.metastore.snapshot.files;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a member has written down of what the members of its group have acknowledged. Evidence against older copies of their directories, nothing else: without
 * it nothing is lost, so a file that is not understood counts as none.
 *
 * @param marks sorted by member, one for each
 * @param damage why the file that was found is not understood; empty when it is, or when there is none
 */
public record Acknowledgements(List<Mark> marks, String damage) {

    /** Nothing is known, as in a directory that was written before there were any. */
    public static final Acknowledgements NONE = new Acknowledgements(List.of(), "");

    /**
     * What one incarnation has acknowledged at least.
     *
     * @param member its id in the group, {@code name@incarnation}
     * @param term in which a leader had the acknowledgement
     * @param index up to where; -1 for nothing
     * @param committed up to where it was acknowledged and committed, in this term or before; -1 for nothing
     */
    public record Mark(String member, long term, long index, long committed) {
        public Mark {
            if (!member.matches("[!-~]{1,255}") || term < 0 || index < -1 || committed < -1) {
                throw new IllegalArgumentException("invalid mark: member='" + member + "' term=" + term + " index="
                        + index + " committed=" + committed);
            }
        }

        String line() {
            return member + " " + term + " " + index + " " + committed;
        }

        static Mark of(String line) {
            String[] words = line.split(" ", -1);
            if (words.length != 4) {
                throw new IllegalArgumentException("expected member, term, index, committed: '" + line + "'");
            }
            return new Mark(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
        }
    }

    public Acknowledgements {
        marks = marks.stream().sorted(Comparator.comparing(Mark::member)).toList();
        Set<String> seen = new HashSet<>();
        for (Mark mark : marks) {
            if (!seen.add(mark.member())) {
                throw new IllegalArgumentException("two marks of one member: member=" + mark.member());
            }
        }
    }

    /** Marks that are understood. */
    public static Acknowledgements of(List<Mark> marks) {
        return new Acknowledgements(marks, "");
    }

    static Acknowledgements damaged(String why) {
        return new Acknowledgements(List.of(), why);
    }
}
