package io.metastore.cli;

import io.metastore.recovery.Consent;
import io.metastore.recovery.RecoveryPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Asks for consent to exactly one plan: the same for all commands that carry one out, or have it carried out. */
final class DigestConsent {

    @Option(names = "--yes", paramLabel = "DIGEST", description = "Do not ask: consent to the plan with this digest.")
    private @Nullable String digest;

    /**
     * What was consented to, which may be another plan.
     *
     * @throws RefusedException nothing was
     */
    Consent to(RecoveryPlan plan, CommandSpec spec, Output output) {
        if (digest != null) {
            return Consent.toDigest(digest);
        }
        output.print(spec, RecoveryJson.plan(plan), plan.toString());
        if (output.json() || !Question.answered("Type the digest to carry this out:", plan.digest())) {
            throw new RefusedException("not consented to, nothing was changed; give --yes " + plan.digest());
        }
        return Consent.to(plan);
    }
}
