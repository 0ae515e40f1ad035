package io.metastore.recovery.internal.remote;

import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.UnavailableException;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import java.nio.file.Path;

/**
 * How a step came out at a member.
 *
 * @param outcome how far it is
 * @param reason of a refusal; empty otherwise
 * @param message for people
 */
record StepAnswer(Outcome outcome, String reason, String message) {

    enum Outcome {
        /** It is being taken. */
        RUNNING,
        /** Something else is done with the directory: it is begun when that is asked for again. */
        BUSY,
        DONE,
        /** Nothing was changed. */
        REFUSED,
        /** It may have been taken. */
        FAILED
    }

    private static final String FORMAT = "metastore-member-answer";
    private static final int VERSION = 1;
    private static final Path NOWHERE = Path.of("answer to a recovery");

    static final StepAnswer RUNNING = new StepAnswer(Outcome.RUNNING, "", "");
    static final StepAnswer DONE = new StepAnswer(Outcome.DONE, "", "");

    static StepAnswer refused(RecoveryRefusedException e) {
        return new StepAnswer(Outcome.REFUSED, e.reason().name(), String.valueOf(e.getMessage()));
    }

    static StepAnswer busy(UnavailableException e) {
        return new StepAnswer(Outcome.BUSY, "", String.valueOf(e.getMessage()));
    }

    static StepAnswer failed(Throwable e) {
        return new StepAnswer(Outcome.FAILED, "", e.toString());
    }

    byte[] encode() {
        return new FactText(FORMAT, VERSION)
                .with("outcome", outcome)
                .withText("reason", reason)
                .withText("message", message)
                .bytes();
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @throws io.metastore.api.MetastoreException it is none that this build knows
     */
    static StepAnswer decode(byte[] bytes) {
        return Facts.read(NOWHERE, bytes, FORMAT, VERSION)
                .build(facts -> new StepAnswer(
                        facts.parsed("outcome", Outcome::valueOf, Outcome::toString),
                        facts.anyText("reason"),
                        facts.anyText("message")));
    }

    /** The refusal, at whoever asked; a reason that a newer build has is one that this one has too. */
    RecoveryRefusedException refusal() {
        for (Reason known : Reason.values()) {
            if (known.name().equals(reason)) {
                return new RecoveryRefusedException(known, message);
            }
        }
        return new RecoveryRefusedException(Reason.MEMBER_ANSWERS, reason + ": " + message);
    }
}
