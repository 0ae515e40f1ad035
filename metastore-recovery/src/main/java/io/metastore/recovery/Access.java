package io.metastore.recovery;

import io.metastore.api.Secret;
import io.metastore.api.Tls;
import java.time.Duration;
import java.util.Optional;

/**
 * How members of other processes are reached: what their cluster demands of whoever asks, and how long they are waited for. Is in no file and in no digest.
 *
 * @param token of the cluster; empty for one without
 * @param tls as a member has it; empty for a cluster without
 * @param deadline for each question
 */
public record Access(Optional<Secret> token, Optional<Tls> tls, Duration deadline) {

    /** For a cluster without token and certificates. */
    public static final Access OPEN = new Access(Optional.empty(), Optional.empty(), Duration.ofSeconds(30));

    public Access {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("a deadline is longer than nothing: deadline=" + deadline);
        }
    }

    /** For a cluster without certificates. */
    public static Access with(Secret token) {
        return new Access(Optional.of(token), Optional.empty(), OPEN.deadline);
    }

    /** For a cluster with certificates. */
    public static Access with(Secret token, Tls tls) {
        return new Access(Optional.of(token), Optional.of(tls), OPEN.deadline);
    }

    /** The same with another deadline. */
    public Access within(Duration time) {
        return new Access(token, tls, time);
    }

    /** Whether the other differs by the deadline at most. */
    boolean isLike(Access other) {
        return token.equals(other.token) && tls.equals(other.tls);
    }
}
