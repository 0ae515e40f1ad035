package io.metastore.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class RecordsTest {
    @Test
    void keysLookLikePathsOfMetadata() {
        assertThat(Records.key(0)).isEqualTo("db/0000/table/000000/partition/0000");
        assertThat(Records.key(91_711)).isEqualTo("db/0009/table/000917/partition/0011");
    }

    @Test
    void keysDiffer() {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            keys.add(Records.key(i));
        }
        assertThat(keys).hasSize(20_000);
    }

    @Test
    void descriptionsAreAsLongAsOtherValuesAndCompress() {
        SplittableRandom random = new SplittableRandom(1);
        assertThat(deflatedShare(Records.description(random))).isLessThan(0.8);
        assertThat(deflatedShare(Records.value(random))).isGreaterThan(0.95);
    }

    private static double deflatedShare(byte[] value) {
        assertThat(value).hasSize(Records.VALUE_BYTES);
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(value);
            deflater.finish();
            return (double) deflater.deflate(new byte[2 * value.length]) / value.length;
        } finally {
            deflater.end();
        }
    }
}
