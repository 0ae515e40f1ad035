package io.metastore.recovery;

import io.metastore.recovery.RecoveryPlan.Elsewhere;
import io.metastore.recovery.RecoveryPlan.Fetch;
import io.metastore.recovery.RecoveryPlan.Other;
import io.metastore.recovery.RecoveryPlan.Readmitted;
import io.metastore.recovery.RecoveryPlan.Remote;
import io.metastore.recovery.RecoveryPlan.Target;
import java.util.ArrayList;
import java.util.List;

/** A plan in words, which are what its digest is of: whatever is decided must be in them. */
final class PlanText {
    private final RecoveryPlan plan;
    private final Target target;
    private final Elsewhere elsewhere;

    PlanText(RecoveryPlan plan) {
        this.plan = plan;
        this.target = plan.target();
        this.elsewhere = plan.elsewhere();
    }

    /** What is done, in order, a sentence each. */
    List<String> steps() {
        List<String> steps = new ArrayList<>();
        steps.add("check that no directory is in use, that nothing has changed since the survey, and that "
                + plan.spaceBytes() + " bytes are free");
        if (!elsewhere.nobodyAt().isEmpty()) {
            steps.add("check that nobody is where members listened that are not there: " + elsewhere.nobodyAt());
        }
        elsewhere.fetch().ifPresent(fetch -> steps.add(fetch(fetch)));
        for (Other other : plan.others()) {
            steps.add("seal " + other.directory() + " of " + other.member() + ": no member is started from it in epoch "
                    + target.epoch() + " any more; its files stay");
        }
        steps.add("seal " + target.directory() + " of " + target.member());
        for (Remote member : elsewhere.members()) {
            steps.add("have " + member.member() + " at " + member.address()
                    + " sealed, which goes on running: it takes no part in epoch " + target.epoch() + " any more");
        }
        steps.add("build the next epoch beside epoch " + target.epoch() + " in it: journal "
                + elsewhere
                        .fetch()
                        .map(fetch -> "of " + fetch.member() + " ")
                        .orElse(target.takesItsOwnJournal() ? "" : "of " + target.journal() + " ")
                + "up to " + target.tip()
                + ", images, state, by hard links; its only voter is " + target.member());
        target.address()
                .ifPresent(address -> steps.add("say in it that " + target.member() + " listens at " + address));
        steps.add("verify what was built by loading it");
        steps.add("make it the live epoch by one rename; epoch " + target.epoch() + " stays as it is");
        if (target.running()) {
            steps.add("let the store of this process go on in it, write down how it began, make an image");
        }
        readmission(steps);
        return steps;
    }

    private String fetch(Fetch fetch) {
        return "fetch the journal of " + fetch.member() + " at " + fetch.address()
                + (fetch.behind().index() < 0 ? "" : " behind " + fetch.behind())
                + (fetch.image() ? ", where an image of it is, which is fetched too," : "") + " up to " + fetch.last()
                + ", " + fetch.bytesMax() + " bytes at most"
                + (fetch.bytesPerSecond() == PlanOptions.UNLIMITED
                        ? ""
                        : ", " + fetch.bytesPerSecond() + " a second at most")
                + ", into " + target.directory()
                + ", where no member looks; compare checksums with that member, read it as a journal";
    }

    private void readmission(List<String> steps) {
        List<Readmitted> back = plan.readmitted();
        if (back.isEmpty()) {
            return;
        }
        steps.add("write down with the beginning of the epoch that "
                + String.join(", ", back.stream().map(Readmitted::name).toList())
                + " come back, and go on with that at every opening and under every leader until they have");
        for (Readmitted each : back) {
            steps.add("re-admit " + each.name() + ", which listened at " + each.address()
                    + ", as soon as it is there, opened as before or with an empty directory: it comes back as an observer in place of "
                    + each.member()
                    + ", catches up from whoever leads, all of it verified as it arrives"
                    + (each.voter() ? ", and gets its vote again" : ", and stays one"));
        }
    }

    /** All of the plan but its digest. */
    String body() {
        StringBuilder text = new StringBuilder();
        text.append("recovery of cluster ")
                .append(target.cluster())
                .append(", epoch ")
                .append(target.epoch());
        text.append("\nfrom ").append(target.member()).append(" in ").append(target.directory());
        text.append(target.running() ? ", open in this process" : "");
        text.append("\nlast entry ")
                .append(target.last())
                .append(", taken over up to ")
                .append(target.tip());
        text.append(", term at least ").append(target.termMin());
        text.append("\nasked by ").append(plan.by()).append(": ").append(plan.why());
        text.append("\nverdict: ").append(RecoveryPlan.describe(plan.verdict())).append('\n');
        plan.verdict().evidence().forEach(line -> text.append("  ").append(line).append('\n'));
        text.append("steps:\n");
        steps().forEach(step -> text.append("  ").append(step).append('\n'));
        text.append("missing: ")
                .append(plan.missing().isEmpty() ? "none" : plan.missing())
                .append('\n');
        text.append("risks:").append(plan.risks().isEmpty() ? " none known\n" : "\n");
        plan.risks().forEach(risk -> text.append("  ").append(risk).append('\n'));
        return text.toString();
    }
}
