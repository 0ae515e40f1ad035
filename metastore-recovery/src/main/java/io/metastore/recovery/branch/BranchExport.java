package io.metastore.recovery.branch;

import io.metastore.api.MetastoreException;
import io.metastore.raft.offline.BranchAtReturn;
import io.metastore.recovery.branch.BranchEntries.Definitions;
import io.metastore.recovery.branch.TakenOver.Fork;
import io.metastore.recovery.inspect.InspectedEntry;
import io.metastore.recovery.inspect.JournalInspector;
import io.metastore.recovery.inspect.JournalPlace;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.snapshot.files.EpochEnd;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes what a member alone has of an epoch into {@code stores/main/branches/} of its directory, when it comes back: found there by {@link Branches#find} without the
 * directory of the member that went on, and loaded by {@link Branch#load}.
 *
 * <p>A file holds the first {@value #BYTES_MAX} bytes of the entries, as it is made in memory and an end that others did not have is short; when there is more it says so, and the
 * rest stays in the journal, which is not touched.
 */
public final class BranchExport implements BranchAtReturn {
    /** Of the text of the entries. */
    static final int BYTES_MAX = 16 << 20;

    private final int bytesMax;

    /** For {@link java.util.ServiceLoader}. */
    public BranchExport() {
        this(BYTES_MAX);
    }

    BranchExport(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public String keep(EpochSuccession succession, EpochEnd end) {
        String stays = "; they stay in " + succession.epochDirectory(end.epoch());
        if (end.terms().isEmpty()) {
            return "not exported: which entries epoch " + end.next() + " took over is not known any more" + stays;
        }
        Part part;
        try {
            part = read(succession, end);
        } catch (MetastoreException e) {
            // Nobody is kept from coming back by what cannot be read any more; it is as it was.
            return "not exported: the journal cannot be read, " + e.getMessage() + stays;
        }
        if (part.lines.isEmpty()) {
            String why = part.whyEmpty();
            return why.isEmpty() ? "" : "not exported: " + why + stays;
        }
        // By the membership of the epoch: ROLE may be another incarnation's, of an attempt that was cut off.
        String self = succession
                .membership()
                .member(succession.identity().memberName())
                .map(Membership.Member::id)
                .orElse("");
        BranchFacts facts = part.counting.facts(
                new Counting.Origin(
                        BranchFacts.Kind.OTHER_COPY, succession.identity().clusterId(), end.epoch(), self),
                part.beyond,
                part.leftOut == 0
                        ? part.damage
                        : Optional.of(part.leftOut + " entries more are not in this file" + stays));
        succession.branch(BranchFile.content(facts, part.lines));
        return facts + "; in " + succession.branchFile();
    }

    private Part read(EpochSuccession succession, EpochEnd end) {
        List<JournalPlace> places = JournalInspector.places(succession.epochDirectory(end.epoch()));
        if (places.isEmpty()) {
            return new Part(
                    bytesMax, new Beyond(end.recovery(), end.next(), end.tip(), new Fork(0, true)), Optional.empty());
        }
        JournalPlace place = places.get(places.size() - 1);
        JournalScan scan;
        try (JournalInspector inspector = JournalInspector.open(place)) {
            scan = inspector.scan();
        }
        Fork fork = new TakenOver(end.terms(), end.tip()).fork(scan);
        Part part = new Part(bytesMax, new Beyond(end.recovery(), end.next(), end.tip(), fork), Counting.damage(scan));
        if (scan.last().index() >= fork.index()) {
            new JournalEntries(place, fork.index()).read(Definitions.NONE, part);
        }
        return part;
    }

    /** The first entries, as many as there is room for. */
    private static final class Part implements BranchEntries.Visitor {
        private final int bytesMax;
        private final Beyond beyond;
        private final Optional<String> damage;
        private final List<String> lines = new ArrayList<>();
        private final Counting counting = new Counting();
        private long bytes;
        private long leftOut;

        Part(int bytesMax, Beyond beyond, Optional<String> damage) {
            this.bytesMax = bytesMax;
            this.beyond = beyond;
            this.damage = damage;
        }

        /** Empty when all that the journal has was taken over. */
        String whyEmpty() {
            if (leftOut > 0) {
                return leftOut + " entries, the first of more than " + bytesMax + " bytes";
            }
            if (damage.isPresent()) {
                return "the journal cannot be read any further, " + damage.get();
            }
            return beyond.fork().exact() ? "" : "the journal ends before what is known of what was taken over";
        }

        @Override
        public void entry(InspectedEntry entry, boolean repeated) {
            String line = BranchFile.line(entry, repeated);
            bytes += line.length() + 1L;
            if (leftOut > 0 || bytes > bytesMax) {
                leftOut++;
            } else {
                lines.add(line);
                counting.entry(entry, repeated);
            }
        }
    }
}
