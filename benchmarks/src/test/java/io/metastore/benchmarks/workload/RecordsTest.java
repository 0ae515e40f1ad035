package io.metastore.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
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
}
