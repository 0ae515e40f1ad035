package io.metastore.recovery;

import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.recovery.internal.reset.SpaceNeeded;
import io.metastore.recovery.journal.TermRun;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.snapshot.files.MemberRole;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Works out a plan from a survey. Reads nothing but lengths of files. Used once. */
final class Planning {
    private final Survey survey;
    private final PlanOptions options;
    private final Diagnosis diagnosis;
    private final List<String> risks = new ArrayList<>();

    /** A surveyed copy and what it counts as. */
    private record Candidate(SurveyedCopy surveyed, Copy copy) {}

    Planning(Survey survey, PlanOptions options) {
        this.survey = survey;
        this.options = options;
        this.diagnosis = survey.diagnose();
    }

    RecoveryPlan plan() {
        diagnosis.refusal().ifPresent(refusal -> {
            throw new RecoveryRefusedException(Reason.QUORUM_ALIVE, refusal.message());
        });
        checkSources();
        boolean asked = new Answering(survey, risks).check();
        Candidate chosen = chosen();
        LogPosition tip = tip(chosen);
        Verdict verdict = verdict(chosen, tip);
        long epoch = chosen.copy().epoch();
        Candidate goesOn = goesOn(chosen, tip);
        Optional<RecoveryPlan.Fetch> fetch = fetch(goesOn, chosen, tip);
        List<SurveyedCopy> others = others(goesOn, epoch);
        List<RecoveryPlan.Readmitted> readmitted = new Returning(options, risks)
                .from(others, goesOn.surveyed(), copy -> survey.compared(copy).sameUpTo(chosen.copy()));
        ownTail(goesOn, chosen, epoch);
        survey.contradictions().forEach(risks::add);
        List<String> missing = missing(others, goesOn);
        List<RecoveryPlan.Absent> absent = asked ? List.of() : new Unseen(survey, options).of(missing);
        Unseen.check(absent);
        return new RecoveryPlan(
                new RecoveryPlan.Target(
                        goesOn.surveyed().origin().path(),
                        goesOn.surveyed().id().orElseThrow(),
                        goesOn.surveyed().identity().clusterId().orElseThrow(),
                        epoch,
                        goesOn.surveyed().journal().last(),
                        tip,
                        termMin(),
                        isRunning(goesOn.surveyed()),
                        (fetch.isPresent() ? goesOn : chosen)
                                .surveyed()
                                .origin()
                                .path(),
                        address(goesOn)),
                others.stream()
                        .filter(other -> !isElsewhere(other))
                        .map(other -> new RecoveryPlan.Other(
                                other.origin().path(),
                                other.id().orElseThrow(),
                                other.journal().last(),
                                isRunning(other),
                                isVoter(other)))
                        .toList(),
                missing,
                verdict,
                risks,
                space(goesOn, chosen, fetch),
                options.by(),
                options.why(),
                elsewhere(others, fetch, absent),
                readmitted);
    }

    private Optional<String> address(Candidate goesOn) {
        Optional<String> before = goesOn.surveyed().identity().address();
        options.address().ifPresent(asked -> {
            if (isRunning(goesOn.surveyed()) || before.filter("-"::equals).isPresent()) {
                throw new IllegalArgumentException(
                        "the member that goes on does not get another address by a recovery, as "
                                + (isRunning(goesOn.surveyed())
                                        ? "its store is open: let it recover, then call cluster().changeAddress(..)"
                                        : "it listens nowhere")
                                + ": member=" + goesOn.copy().id() + " address=" + before.orElse("?") + " asked="
                                + asked);
            }
        });
        return options.address().filter(asked -> !before.equals(options.address()));
    }

    private RecoveryPlan.Elsewhere elsewhere(
            List<SurveyedCopy> others, Optional<RecoveryPlan.Fetch> fetch, List<RecoveryPlan.Absent> absent) {
        return new RecoveryPlan.Elsewhere(
                others.stream()
                        .filter(Planning::isElsewhere)
                        .map(other -> new RecoveryPlan.Remote(
                                other.origin().address().orElseThrow(),
                                other.id().orElseThrow(),
                                other.journal().last(),
                                isVoter(other)))
                        .toList(),
                survey.copies().stream()
                        .filter(copy -> options.skipped().contains(copy.origin().label()))
                        .flatMap(copy -> copy.origin().address().stream())
                        .toList(),
                survey.access(),
                fetch,
                absent);
    }

    /** What has to come here before it can be taken over; empty when it is here. */
    private Optional<RecoveryPlan.Fetch> fetch(Candidate goesOn, Candidate chosen, LogPosition tip) {
        SurveyedCopy there = chosen.surveyed();
        if (!isElsewhere(there)) {
            return Optional.empty();
        }
        Joining.Point point = Joining.at(goesOn.surveyed(), there, tip).orElseThrow();
        return Optional.of(new RecoveryPlan.Fetch(
                there.origin().address().orElseThrow(),
                there.id().orElseThrow(),
                point.position(),
                point.needsImage(),
                there.journal().last(),
                there.journal().bytes() + point.imageBytes(),
                options.fetchBytesPerSecond()));
    }

    private static boolean isVoter(SurveyedCopy copy) {
        return copy.identity().role().filter(role -> role == MemberRole.VOTER).isPresent();
    }

    private static boolean isElsewhere(SurveyedCopy copy) {
        return copy.origin().kind() == CopyOrigin.Kind.MEMBER;
    }

    private static boolean isRunning(SurveyedCopy copy) {
        return copy.origin().kind() == CopyOrigin.Kind.STORE;
    }

    /**
     * Whose directory goes on: the one whose journal is taken over, unless a store of this process is to be kept alive, which then takes over the journal of
     * another member that has more.
     */
    private Candidate goesOn(Candidate chosen, LogPosition tip) {
        if (isElsewhere(chosen.surveyed())) {
            return receiving(chosen, tip);
        }
        List<Candidate> running =
                candidates().stream().filter(each -> isRunning(each.surveyed())).toList();
        boolean own = running.isEmpty()
                || isRunning(chosen.surveyed())
                || options.source().isPresent();
        if (own || running.size() > 1) {
            return chosen;
        }
        Candidate store = running.get(0);
        checkUsable(store);
        if (store.copy().epoch() != chosen.copy().epoch()) {
            throw new RecoveryRefusedException(
                    Reason.UNUSABLE_COPY,
                    "the open store is of an epoch that has ended: store="
                            + store.surveyed().origin() + " epoch="
                            + store.copy().epoch() + " newest=" + chosen.copy().epoch()
                            + "; nothing was changed; close it, and let it join the member of the newest epoch with an empty directory");
        }
        return store;
    }

    /** The open store if there is one, otherwise the directory that has most of what is to be taken over already. */
    private Candidate receiving(Candidate chosen, LogPosition tip) {
        List<Candidate> here = candidates().stream()
                .filter(each -> isHere(each.surveyed())
                        && each.copy().epoch() == chosen.copy().epoch())
                .toList();
        return here.stream()
                .filter(each ->
                        Joining.at(each.surveyed(), chosen.surveyed(), tip).isPresent())
                .max(Comparator.comparing((Candidate each) -> isRunning(each.surveyed()))
                        .thenComparing(each -> each.copy().sameUpTo(chosen.copy()))
                        .thenComparing(each -> each.surveyed().applied().index()))
                .orElseThrow(() -> new RecoveryRefusedException(
                        Reason.COPY_ELSEWHERE,
                        "the recovery is to begin from what a member of another process has, and "
                                + (here.isEmpty()
                                        ? "no directory of its epoch is here that could take it over"
                                        : "its journal begins behind what the directories here have, and it has no image: first="
                                                + chosen.surveyed().journal().first() + " here="
                                                + here.stream()
                                                        .map(each ->
                                                                each.surveyed().toString())
                                                        .toList())
                                + ": member=" + chosen.copy().id() + " address="
                                + chosen.surveyed().origin().address().orElseThrow() + " last="
                                + chosen.copy().last()
                                + "; nothing was changed; carry the recovery out on its host, with its directory "
                                + chosen.surveyed().origin().path()
                                + ", in its process as Source.store or after it was stopped, and the copies of this host as"
                                + " Source.member or as a saved survey; or begin from(..) a copy of this host, which loses what"
                                + " only that one has"));
    }

    private static long space(Candidate goesOn, Candidate chosen, Optional<RecoveryPlan.Fetch> fetch) {
        Path own = goesOn.surveyed().origin().path();
        if (fetch.isPresent()) {
            return SpaceNeeded.bytes(own) + fetch.get().bytesMax();
        }
        Path journal = chosen.surveyed().origin().path();
        return SpaceNeeded.bytes(own) + (own.equals(journal) ? 0 : SpaceNeeded.journalBytes(journal));
    }

    private List<Candidate> candidates() {
        return diagnosis.candidates().stream()
                .map(copy -> new Candidate(survey.surveyed(copy), copy))
                .toList();
    }

    /** A source that says nothing may be the one that knows more: it is done without only when somebody says so. */
    private void checkSources() {
        for (SurveyedCopy copy : survey.copies()) {
            String label = copy.origin().label();
            boolean skipped = options.skipped().contains(label);
            if (copy.silent() && !skipped) {
                throw new RecoveryRefusedException(
                        Reason.SOURCE_SILENT,
                        "a source cannot be looked at: source=" + label + " findings=" + copy.findings()
                                + "; nothing was changed; bring it back, or skip(\"" + label + "\") if it is gone");
            }
            if (skipped) {
                copy.origin().address().ifPresent(address -> Remotes.checkGone(label, address, survey.access()));
            }
            if (copy.silent()) {
                risks.add("source " + label + " was skipped; it may have held what no other copy holds");
            }
        }
    }

    private Candidate chosen() {
        List<Candidate> candidates = candidates();
        Candidate freshest = candidates.get(0);
        Candidate chosen = options.source().isEmpty()
                ? freshest
                : candidates.stream()
                        .filter(each -> each.surveyed()
                                .origin()
                                .label()
                                .equals(options.source().get()))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("there is no such source: asked="
                                + options.source().get() + " there are="
                                + candidates.stream()
                                        .map(each -> each.surveyed().origin().label())
                                        .toList()));
        checkUsable(chosen);
        return isElsewhere(chosen.surveyed()) ? sameHere(chosen).orElse(chosen) : chosen;
    }

    /** A directory of this host that has just what a member of another process has: nothing has to be fetched then. */
    private Optional<Candidate> sameHere(Candidate chosen) {
        Copy copy = chosen.copy();
        return candidates().stream()
                .filter(each -> options.source().isEmpty() && isHere(each.surveyed()))
                .filter(each -> each.copy().epoch() == copy.epoch()
                        && each.surveyed()
                                .journal()
                                .last()
                                .equals(chosen.surveyed().journal().last())
                        && each.copy().sameUpTo(copy) == copy.last().index())
                .findFirst();
    }

    private static boolean isHere(SurveyedCopy copy) {
        return copy.origin().isOwn()
                && !isElsewhere(copy)
                && copy.id().isPresent()
                && copy.identity().clusterId().isPresent()
                && copy.applied().index() <= copy.journal().last().index();
    }

    private static void checkUsable(Candidate chosen) {
        SurveyedCopy copy = chosen.surveyed();
        CopyOrigin.Kind kind = copy.origin().kind();
        String why;
        if (kind == CopyOrigin.Kind.IMAGE || kind == CopyOrigin.Kind.ARCHIVE) {
            why = "it is an image and no member's directory: import it into an empty directory, as a new cluster";
        } else if (copy.id().isEmpty() || copy.identity().clusterId().isEmpty()) {
            why = "it does not say whose it is: put back VERSION and ROLE from a copy, or choose another source";
        } else if (copy.applied().index() > copy.journal().last().index()) {
            why = "its journal ends at " + copy.journal().last() + ", before what it has applied, " + copy.applied()
                    + ": choose another source, or import one of its images as a new cluster";
        } else if (copy.journal().last().index() < 0) {
            why = "it has no journal: choose another source, or import one of its images as a new cluster";
        } else {
            return;
        }
        throw new RecoveryRefusedException(
                Reason.UNUSABLE_COPY,
                "a recovery cannot begin from the copy: source=" + copy.origin().label() + " because " + why);
    }

    private LogPosition tip(Candidate chosen) {
        LogPosition last = chosen.surveyed().journal().last();
        long index =
                switch (options.tail().kind()) {
                    case KEEP_ALL -> last.index();
                    case CUT_AT -> options.tail().index();
                    case CUT_TO_PROVEN ->
                        Math.min(last.index(), diagnosis.bracket().proven());
                };
        long first = chosen.surveyed().journal().first();
        if (index > last.index() || index < first) {
            throw new IllegalArgumentException("the journal does not hold the entry it is to be cut at: index=" + index
                    + " first=" + first + " last=" + last.index());
        }
        long term = -1;
        for (TermRun run : chosen.surveyed().journal().terms()) {
            term = run.first() <= index ? run.term() : term;
        }
        return new LogPosition(term, index);
    }

    /** That of the diagnosis is about the whole of the freshest copy; whoever takes less loses more. */
    private Verdict verdict(Candidate chosen, LogPosition tip) {
        Verdict found = diagnosis.verdict();
        Copy freshest = diagnosis.candidates().get(0);
        long taken = Math.min(tip.index(), chosen.copy().sameUpTo(freshest));
        long possible = diagnosis.bracket().possible();
        if (taken >= possible && chosen.copy().epoch() == freshest.epoch()) {
            return found;
        }
        List<String> evidence = new ArrayList<>(found.evidence());
        evidence.add("of the freshest copy entries up to index " + taken + " are taken over, and entries up to "
                + possible + " may have been acknowledged");
        if (found.kind() == Verdict.Kind.UNBOUNDED || chosen.copy().epoch() != freshest.epoch()) {
            return new Verdict(
                    Verdict.Kind.UNBOUNDED, Math.min(found.firstAtRisk(), taken + 1), Long.MAX_VALUE, evidence);
        }
        long lastAtRisk = found.kind() == Verdict.Kind.BOUNDED ? Math.max(found.lastAtRisk(), possible) : possible;
        return new Verdict(Verdict.Kind.BOUNDED, taken + 1, lastAtRisk, evidence);
    }

    /** Other members' own directories of the same epoch: they must not go on in it. */
    private List<SurveyedCopy> others(Candidate goesOn, long epoch) {
        return survey.copies().stream()
                .filter(copy -> copy.origin().isOwn()
                        && copy.id().isPresent()
                        && copy.identity().epoch().filter(each -> each == epoch).isPresent())
                .filter(copy -> !copy.equals(goesOn.surveyed()))
                .sorted(Comparator.comparingLong(this::betterCopies)
                        .thenComparing(copy -> copy.origin().path()))
                .toList();
    }

    /** Of how many copies of the same member one would rather have it come back: one that is in use, then one with more. Who comes first in a plan may come back by it. */
    private long betterCopies(SurveyedCopy copy) {
        String name = RecoveryPlan.nameOf(copy.id().orElseThrow());
        return survey.copies().stream()
                .filter(each -> each.origin().isOwn()
                        && each.id().map(RecoveryPlan::nameOf).equals(Optional.of(name))
                        && each.identity().epoch().equals(copy.identity().epoch()))
                .filter(each -> Comparator.comparing((SurveyedCopy one) -> isRunning(one) || isElsewhere(one))
                                .thenComparing(one -> one.journal().last())
                                .compare(each, copy)
                        > 0)
                .count();
    }

    private void ownTail(Candidate goesOn, Candidate chosen, long epoch) {
        long same = goesOn.copy().sameUpTo(chosen.copy());
        if (goesOn.surveyed().journal().last().index() > same) {
            risks.add("entries " + (same + 1) + " to "
                    + goesOn.surveyed().journal().last().index() + " of "
                    + goesOn.surveyed().origin() + ", which goes on, are not taken over; they stay in its epoch "
                    + epoch);
        }
    }

    /** Voters and voters to be of which nothing was surveyed. */
    private List<String> missing(List<SurveyedCopy> others, Candidate goesOn) {
        Set<String> there = others.stream().map(each -> each.id().orElseThrow()).collect(Collectors.toSet());
        there.add(goesOn.surveyed().id().orElseThrow());
        Set<String> missing = new TreeSet<>();
        diagnosis.current().forEach(each -> each.halves().forEach(missing::addAll));
        missing.removeAll(there);
        missing.forEach(each -> risks.add("member " + each
                + " was not there to be sealed: should it come back with others, they could go on in the old epoch beside the new one"
                + " until they hear of it"));
        return List.copyOf(missing);
    }

    private long termMin() {
        return survey.copies().stream()
                .mapToLong(copy -> Math.max(copy.vote().term(), copy.last().term()))
                .max()
                .orElse(0);
    }
}
