package io.metastore.recovery;

import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.Membership;
import io.metastore.recovery.journal.TermRun;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyIdentity;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.JournalFacts;
import io.metastore.recovery.survey.KnownMembership;
import io.metastore.recovery.survey.StateFacts;
import io.metastore.recovery.survey.SurveyedImage;
import io.metastore.recovery.survey.VoteFacts;
import io.metastore.snapshot.files.MemberRole;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What one source of a survey holds, and what follows from it.
 *
 * @param contents as it was read
 */
public record SurveyedCopy(CopyContents contents) {

    /** Where it was found. */
    public CopyOrigin origin() {
        return contents.origin();
    }

    /** Whose it is. */
    public CopyIdentity identity() {
        return contents.identity();
    }

    /** The readable entries. */
    public JournalFacts journal() {
        return contents.journal();
    }

    /** Term and vote. */
    public VoteFacts vote() {
        return contents.vote();
    }

    /** The live state, when it can be read. */
    public Optional<StateFacts> state() {
        return contents.state();
    }

    /** Images, newest first. */
    public List<SurveyedImage> images() {
        return contents.images();
    }

    /** All memberships that it knows of, by index; which of them may be in force is for {@link Diagnosis#current}. */
    public List<KnownMembership> memberships() {
        return contents.memberships();
    }

    /** What is damaged, missing or could not be read. */
    public List<Finding> findings() {
        return contents.findings();
    }

    /** Identity in the group, {@code name@incarnation}; empty for an image, and where it cannot be read. */
    public Optional<String> id() {
        return identity().member().flatMap(name -> identity().incarnation().map(life -> name + "@" + life));
    }

    /**
     * Whether everything is there that the member ever acknowledged. Not so for a backup or an image, nor when anything was found behind which entries may be
     * missing; a torn end of the file that was being written is none of that.
     */
    public boolean complete() {
        return origin().isOwn()
                && findings().stream().noneMatch(each -> each.kind().mayHideEntries());
    }

    /** The furthest position that its state or a sound image holds; {@link LogPosition#NONE} for none. All up to there is committed. */
    public LogPosition applied() {
        return known().map(StateFacts::position)
                .max(Comparator.comparingLong(LogPosition::index))
                .orElse(LogPosition.NONE);
    }

    /** Fingerprints of its state and sound images, by position: those of other copies at the same positions must be the same. */
    public Map<LogPosition, String> fingerprints() {
        Map<LogPosition, String> fingerprints = new TreeMap<>();
        known().forEach(each -> fingerprints.putIfAbsent(each.position(), each.fingerprint()));
        return fingerprints;
    }

    private Stream<StateFacts> known() {
        Stream<StateFacts> images = images().stream()
                .filter(SurveyedImage::sound)
                .map(image -> new StateFacts(
                        image.path(),
                        image.contents().orElseThrow().position(),
                        image.contents().orElseThrow().revision(),
                        image.contents().orElseThrow().fingerprint(),
                        image.verified()));
        return Stream.concat(state().stream(), images);
    }

    /** Position of the last entry in its journal, or what it has applied if that is further. */
    public LogPosition last() {
        return isAhead() ? applied() : journal().last();
    }

    /** Whether the state or an image reaches further than the journal. */
    private boolean isAhead() {
        return applied().index() > journal().last().index();
    }

    /** The highest index that is certainly committed by what is here; -1 for none. A lower bound. */
    public long committed() {
        return Math.max(journal().committed(), applied().index());
    }

    /** Whether nothing could be looked at: that may be the one that knows more. */
    boolean silent() {
        return findings().stream()
                .anyMatch(each -> each.kind() == Finding.Kind.NOTHING || each.kind() == Finding.Kind.SILENT);
    }

    /** Whether its member was up and answered when it was looked at. */
    boolean alive() {
        return origin().kind() == CopyOrigin.Kind.STORE || (origin().kind() == CopyOrigin.Kind.MEMBER && !silent());
    }

    /** What {@link Diagnosis} compares. Where the member or the epoch is not known, names that are no voter's, and the first epoch. */
    public Copy toCopy() {
        LogPosition last = last();
        return new Copy(
                identity().member().orElseGet(this::withoutMember),
                identity().incarnation().map(Object::toString).orElseGet(() -> origin().address()
                        .orElse(origin().path().toString())),
                identity().epoch().orElse(1L),
                identity().role().filter(role -> role == MemberRole.VOTER).isPresent(),
                alive(),
                complete(),
                vote().term() < 0 ? -1 : Math.max(vote().term(), last.term()),
                terms(),
                last,
                complete() ? last.index() : lastIndexMax(),
                Math.min(committed(), last.index()),
                known(memberships()));
    }

    private String withoutMember() {
        return switch (origin().kind()) {
            case IMAGE -> "image";
            case ARCHIVE -> "archive";
            case DIRECTORY, STORE, MEMBER, BACKUP -> "unknown";
        };
    }

    /** Of what was applied beyond the journal nothing is known but the last entry. */
    private List<TermRun> terms() {
        return isAhead()
                ? List.of(new TermRun(applied().term(), applied().index()))
                : journal().terms();
    }

    private long lastIndexMax() {
        boolean bounded = origin().isOwn() && !silent();
        return bounded ? Math.max(journal().lastIndexMax(), last().index()) : Long.MAX_VALUE;
    }

    /**
     * The memberships from the one on that was in force where the journal begins, or empty when that is not known: then nobody can say who had to agree. Of two
     * of one index the one that has a checksum counts.
     */
    private List<Membership> known(List<KnownMembership> all) {
        Map<Long, KnownMembership> byIndex = new TreeMap<>();
        for (KnownMembership each : all) {
            byIndex.merge(each.index(), each, (one, other) -> rank(one) <= rank(other) ? one : other);
        }
        List<Membership> known = new ArrayList<>();
        long begin = isAhead() ? applied().index() : journal().first();
        boolean begun = journal().first() == 0 && !isAhead();
        for (KnownMembership each : byIndex.values()) {
            begun |= each.index() <= Math.max(begin, committed());
            known.add(each.members().membership());
        }
        return begun ? known : List.of();
    }

    private static int rank(KnownMembership membership) {
        return switch (membership.origin()) {
            case JOURNAL -> 0;
            case MEMBER -> 1;
            case IMAGE -> 2;
            case ENGINE -> 3;
        };
    }

    /** One line. */
    @Override
    public String toString() {
        return origin() + ": " + id().orElse("no member") + " epoch="
                + identity().epoch().map(Object::toString).orElse("?") + " last=" + last() + " committed>="
                + committed() + " complete=" + complete() + " findings="
                + findings().size();
    }
}
