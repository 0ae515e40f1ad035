package io.metastore.recovery;

import java.util.List;

/**
 * What acknowledged writes the freshest copy may lack.
 *
 * @param kind how much
 * @param firstAtRisk lowest index at which an acknowledged entry may be lost; meaningless for {@link Kind#PROVEN_NONE}
 * @param lastAtRisk highest such index; {@link Long#MAX_VALUE} for {@link Kind#UNBOUNDED}
 * @param evidence why, a sentence for each fact
 */
public record Verdict(Kind kind, long firstAtRisk, long lastAtRisk, List<String> evidence) {

    /** How much may be lost. */
    public enum Kind {
        /** Nothing: the freshest copy holds every acknowledged write. */
        PROVEN_NONE,
        /** What damaged copies held and cannot be read any more, at most. */
        BOUNDED,
        /** Members that are not there may have acknowledged any number of writes. */
        UNBOUNDED
    }

    public Verdict {
        evidence = List.copyOf(evidence);
    }
}
