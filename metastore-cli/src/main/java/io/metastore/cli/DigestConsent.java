package io.metastore.cli;

import io.metastore.recovery.Consent;
import io.metastore.recovery.RecoveryPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Asks for consent to exactly one plan: the same for all commands that carry one out, or have it carried out. */
final class DigestConsent {

    /** {@code --yes} alone. */
    private static final String NO_DIGEST = "";

    @Option(
            names = "--yes",
            paramLabel = "DIGEST",
            arity = "0..1",
            fallbackValue = NO_DIGEST,
            description = "Do not ask: consent to the plan with this digest.")
    private @Nullable String digest;

    /**
     * Returns when what needs no plan is confirmed.
     *
     * @param question without its mark
     * @throws RefusedException it is not
     */
    void require(String question) {
        if (digest == null) {
            new Confirmation().require(question);
        }
    }

    /**
     * What was consented to, which may be another plan.
     *
     * @throws RefusedException nothing was
     */
    Consent to(RecoveryPlan plan, CommandSpec spec, Output output) {
        if (digest != null) {
            if (digest.equals(NO_DIGEST)) {
                throw new ParameterException(
                        spec.commandLine(), "--yes needs the digest of the plan that is consented to");
            }
            return Consent.toDigest(digest);
        }
        output.print(spec, RecoveryJson.plan(plan), plan.toString());
        if (output.json() || !Question.answered("Type the digest to carry this out:", plan.digest())) {
            throw new RefusedException("not consented to, nothing was changed; give --yes " + plan.digest());
        }
        return Consent.to(plan);
    }
}
