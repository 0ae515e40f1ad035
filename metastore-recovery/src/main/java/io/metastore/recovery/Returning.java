package io.metastore.recovery;

import io.metastore.recovery.RecoveryPlan.Readmitted;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberRole;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/** Which of the members that do not go on come back by the plan, with what they do not bring along, and what the cluster tolerates then. Used once. */
final class Returning {
    private final PlanOptions options;
    private final List<String> risks;

    /** @param risks takes what else there is to know */
    Returning(PlanOptions options, List<String> risks) {
        this.options = options;
        this.risks = risks;
    }

    /**
     * Those that were asked for, the freshest first: it needs least and votes soonest.
     *
     * @param others copies of members that do not go on
     * @param goesOn the one that does
     * @param same last entry of a copy that is taken over
     * @throws IllegalArgumentException one was asked for that cannot come back so
     */
    List<Readmitted> from(List<SurveyedCopy> others, SurveyedCopy goesOn, ToLongFunction<SurveyedCopy> same) {
        Map<String, SurveyedCopy> found = named(others, goesOn);
        check(found, goesOn);
        List<SurveyedCopy> back = found.entrySet().stream()
                .filter(each -> options.readmit().has(each.getKey()))
                .map(Map.Entry::getValue)
                .sorted(Comparator.comparing(
                                (SurveyedCopy copy) -> copy.journal().last())
                        .reversed())
                .toList();
        twins(others, goesOn, back);
        for (SurveyedCopy other : others) {
            tail(other, same.applyAsLong(other), back.contains(other));
        }
        List<Readmitted> readmitted = back.stream()
                .map(copy -> new Readmitted(
                        copy.id().orElseThrow(),
                        copy.identity().address().orElseThrow(),
                        copy.identity().role().filter(MemberRole.VOTER::equals).isPresent()))
                .toList();
        tolerance(goesOn, readmitted);
        return readmitted;
    }

    /** By name, each once: of two copies of one member the first, as when they are sealed. */
    private static Map<String, SurveyedCopy> named(List<SurveyedCopy> others, SurveyedCopy goesOn) {
        Map<String, SurveyedCopy> found = new LinkedHashMap<>();
        for (SurveyedCopy other : others) {
            String name = RecoveryPlan.nameOf(other.id().orElseThrow());
            boolean listens = other.identity()
                    .address()
                    .filter(address -> !address.equals(Identity.NO_ADDRESS))
                    .isPresent();
            if (listens && !name.equals(RecoveryPlan.nameOf(goesOn.id().orElseThrow()))) {
                found.putIfAbsent(name, other);
            }
        }
        return found;
    }

    private void check(Map<String, SurveyedCopy> found, SurveyedCopy goesOn) {
        TreeSet<String> unknown = new TreeSet<>(options.readmit().names());
        unknown.removeAll(found.keySet());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no copy of a member that is to come back by the plan: asked=" + unknown + " there are="
                            + new TreeSet<>(found.keySet()) + " goesOn="
                            + goesOn.id().orElseThrow()
                            + "; survey it, or add it to the cluster when the recovery is done");
        }
    }

    /** Directories that were copied: each is sealed, one is of use. */
    private void twins(List<SurveyedCopy> others, SurveyedCopy goesOn, List<SurveyedCopy> back) {
        Map<String, SurveyedCopy> known = new HashMap<>();
        known.put(goesOn.id().orElseThrow(), goesOn);
        for (SurveyedCopy other : others) {
            String id = other.id().orElseThrow();
            SurveyedCopy first = known.putIfAbsent(id, other);
            if (first != null) {
                risks.add(other.origin() + " is another copy of " + id + ", as " + first.origin() + " is, which "
                        + (first.equals(goesOn)
                                ? "goes on"
                                : back.contains(first) ? "comes back" : "has more, or as much")
                        + ": it is sealed too and does not come back by this plan; do not start it");
            }
        }
    }

    private void tail(SurveyedCopy other, long same, boolean comesBack) {
        if (other.journal().last().index() <= same) {
            return;
        }
        risks.add("entries " + (same + 1) + " to " + other.journal().last().index() + " of " + other.origin()
                + " are not taken over; they stay in its directory"
                + (comesBack
                        ? ", as a branch beside the new epoch: " + other.id().orElseThrow() + " comes back without them"
                        : ""));
    }

    private void tolerance(SurveyedCopy goesOn, List<Readmitted> back) {
        if (back.isEmpty()) {
            return;
        }
        List<String> voters = new ArrayList<>();
        voters.add(RecoveryPlan.nameOf(goesOn.id().orElseThrow()));
        back.stream().filter(Readmitted::voter).map(Readmitted::name).forEach(voters::add);
        int tolerated = (voters.size() - 1) / 2;
        risks.add("when all that come back are there, " + String.join(", ", voters) + " vote, and "
                + (tolerated == 0 ? "none" : tolerated) + " of " + voters.size()
                + " may fail; before that fewer, at first "
                + voters.get(0) + " alone, and none of one or two may fail");
    }
}
