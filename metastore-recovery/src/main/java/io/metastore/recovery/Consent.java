package io.metastore.recovery;

/**
 * Consent to exactly one plan: to what it does and to what it may lose.
 *
 * @param digest of the plan
 */
public record Consent(String digest) {

    /** Consents to a plan. */
    public static Consent to(RecoveryPlan plan) {
        return new Consent(plan.digest());
    }

    /** Consents to the plan of which a person has read this digest. */
    public static Consent toDigest(String digest) {
        return new Consent(digest);
    }
}
