package io.metastore.examples;

import io.metastore.api.MetaStore;
import io.metastore.examples.SteadyWriter.Acknowledged;
import java.time.Duration;
import java.util.List;

/**
 * What a writer saw that wrote one record after the other while something was done to its cluster.
 *
 * @param failed writes whose calls said that they were not made
 * @param worstGap the longest time without an acknowledged write
 */
record WriteLoad(List<Acknowledged> acknowledged, int failed, Duration worstGap) {

    /** How many writes are acknowledged before it begins, and after it. */
    private static final int AROUND = 50;

    /** What is done meanwhile. */
    @FunctionalInterface
    interface Change {
        void make() throws Exception;
    }

    /** @param writer name of the writer; each writes its own records */
    static WriteLoad during(MetaStore store, String writer, Change change) throws Exception {
        SteadyWriter steady = new SteadyWriter(store, writer);
        try (Workers<List<Acknowledged>> workers = Workers.start("writer", List.of(steady))) {
            steady.awaitMore(AROUND);
            try {
                change.make();
                steady.awaitMore(AROUND);
            } finally {
                steady.stop();
            }
            List<Acknowledged> acknowledged = workers.results().get(0);
            return new WriteLoad(acknowledged, steady.failed(), worstGap(acknowledged));
        }
    }

    private static Duration worstGap(List<Acknowledged> acknowledged) {
        long worst = 0;
        for (int i = 1; i < acknowledged.size(); i++) {
            worst = Math.max(
                    worst,
                    acknowledged.get(i).returnedNanos()
                            - acknowledged.get(i - 1).returnedNanos());
        }
        return Duration.ofNanos(worst);
    }

    void print(Report report) {
        report.line(
                "%,d writes meanwhile, %d failed, worst gap %s", acknowledged.size(), failed, Report.seconds(worstGap));
        report.expect(failed == 0, "no write failed");
    }
}
