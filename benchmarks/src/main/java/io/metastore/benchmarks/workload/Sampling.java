package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether what was written is there. */
final class Sampling {
    private static final Logger log = LoggerFactory.getLogger(Sampling.class);

    private Sampling() {}

    /** How many of a sample of records the first member cannot read. */
    static long missing(Cluster cluster, int records, int samples) {
        SplittableRandom random = new SplittableRandom(6);
        long missing = 0;
        for (int i = 0; i < samples; i++) {
            String key = Records.key(random.nextInt(records));
            try {
                byte[] value = cluster.readLocal(key);
                missing += value != null && value.length == Records.VALUE_BYTES ? 0 : 1;
            } catch (Exception e) {
                missing++;
                log.warn("cannot read a record: key={}", key, e);
            }
        }
        return missing;
    }
}
