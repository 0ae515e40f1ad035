package io.metastore.examples;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.MetaStore;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.api.Revision;
import java.time.Duration;
import java.util.Optional;

/** Follows an operation to its end and prints each of its steps: what an operator sees who looks again and again. */
final class OperationSteps {

    private static final Duration LOOK = Duration.ofMillis(50);

    private final MetaStore asked;
    private final Report report;
    private String told = "";

    private OperationSteps(MetaStore asked, Report report) {
        this.asked = asked;
        this.report = report;
    }

    /**
     * Waits for the newest operation of a kind about a member; it may not have begun.
     *
     * @param asked a member that stays
     */
    static void follow(MetaStore asked, OperationType type, String target, Report report) {
        OperationSteps steps = new OperationSteps(asked, report);
        long start = System.nanoTime();
        Operation last = steps.toEnd(type, target);
        String error = last.error();
        report.expect(
                last.state() == OperationState.DONE,
                "%s %s is %s after %s%s",
                type,
                target,
                last.state(),
                Report.seconds(Report.since(start)),
                error == null ? "" : ": " + error);
    }

    private Operation toEnd(OperationType type, String target) {
        long start = System.nanoTime();
        while (Report.since(start).compareTo(Patience.LIMIT) < 0) {
            Revision seen = asked.revision();
            Optional<Operation> found = asked.cluster().operations().stream()
                    .filter(each -> each.type() == type && each.target().equals(target))
                    .findFirst();
            found.ifPresent(this::tell);
            if (found.isPresent() && found.get().isOver()) {
                return found.get();
            }
            awaitChange(seen);
        }
        throw new IllegalStateException(
                "an operation did not end: type=" + type + " target=" + target + " last='" + told + "'");
    }

    private void tell(Operation now) {
        String step = now.step().split(";", 2)[0]; // What follows are details of a step that is tried again.
        if (!now.isOver() && !step.equals(told)) {
            told = step;
            report.line("  #%d %s %s: %s", now.id(), now.type(), now.target(), told);
        }
    }

    /** Each step of an operation is a revision of the store, like everything that is written. */
    private void awaitChange(Revision seen) {
        try {
            asked.awaitRevision(new Revision(seen.epoch(), seen.number() + 1, seen.position()), LOOK);
        } catch (DeadlineExceededException e) {
            return; // Nothing has changed; the caller knows how long to go on.
        }
    }
}
