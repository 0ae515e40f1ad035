package io.metastore.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Capability;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a driver has to do for its figures to mean anything. */
@Tag("long")
class DurabilityTest {
    private static final int RECORDS = 20;

    /** All but the map, which forgets everything by design, and the bare file, which cannot be asked for anything. */
    static Stream<Driver> drivers() {
        return ServiceLoader.load(Driver.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(driver -> !driver.name().equals("map"))
                .filter(driver -> driver.capabilities().contains(Capability.STRONG_READ));
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void readsBackEveryRecordAfterAllMembersWereClosed(Driver driver, @TempDir Path directory) throws Exception {
        // given
        List<Member> members = MemberDirectories.in(directory);
        byte[] value = Records.value(new SplittableRandom(1));
        try (Cluster cluster = driver.open(members)) {
            for (int i = 0; i < RECORDS; i++) {
                cluster.put(Records.key(i), value);
            }
        }
        // when
        try (Cluster reopened = driver.open(MemberDirectories.in(directory))) {
            // then
            for (int i = 0; i < RECORDS; i++) {
                String key = Records.key(i);
                assertThat(reopened.readStrong(key))
                        .as("strong read of %s", key)
                        .isEqualTo(value);
                Await.until("local read", Duration.ofSeconds(10), () -> reopened.readLocal(key) != null);
            }
            assertThat(reopened.readStrong("no such key")).isNull();
        }
    }
}
