package io.metastore.recovery.journal;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What one file of the journal holds, up to its first damage.
 *
 * @param path of the file
 * @param namedFirst first index by the file's name
 * @param namedLast last index by the file's name; -1 for the file that is being written, whose name does not say
 * @param bytes length of the file when it was opened
 * @param readableBytes of them up to the end of the last readable entry
 * @param entries how many can be read
 * @param terms of these entries, in order
 * @param memberships that these entries change to, in order
 * @param commitHints in these entries
 * @param damage the first one; empty when all is as it should be
 */
public record SegmentScan(
        Path path,
        long namedFirst,
        long namedLast,
        long bytes,
        long readableBytes,
        long entries,
        List<TermRun> terms,
        List<LoggedMembership> memberships,
        CommitHints commitHints,
        Optional<Damage> damage) {

    public SegmentScan {
        terms = List.copyOf(terms);
        memberships = List.copyOf(memberships);
    }

    /** Whether it is the kind of file that is being written. */
    public boolean open() {
        return namedLast < 0;
    }

    /** Index of the first readable entry, which is the one its name says; meaningless without entries. */
    public long first() {
        return namedFirst;
    }

    /** Index of the last readable entry; one less than {@link #first} when there are none. */
    public long last() {
        return namedFirst + entries - 1;
    }

    /** The same with another damage. */
    public SegmentScan withDamage(Damage found) {
        return new SegmentScan(
                path,
                namedFirst,
                namedLast,
                bytes,
                readableBytes,
                entries,
                terms,
                memberships,
                commitHints,
                Optional.of(found));
    }
}
