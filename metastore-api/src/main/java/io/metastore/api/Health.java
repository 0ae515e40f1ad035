package io.metastore.api;

import java.util.List;

/**
 * How a member is, for probes and for people.
 *
 * @param live whether the process should go on: false only when this member has stopped for good
 * @param ready whether it can serve linearizable reads and writes now
 * @param findings what is not as it should be, worst first; empty when all is well
 */
public record Health(boolean live, boolean ready, List<Finding> findings) {

    public Health {
        findings = List.copyOf(findings);
    }

    /**
     * One thing that is not as it should be.
     *
     * @param code stable name, such as {@code NO_QUORUM}
     * @param text what is the case, with numbers
     * @param remedy what to do about it
     */
    public record Finding(String code, String text, String remedy) {}
}
