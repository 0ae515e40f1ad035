package io.metastore.raft.internal.ratis.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatisMetersTest {
    private static final String MEMBER = "n1@group-0123456789AB";

    private final SimpleMeterRegistry micrometer = new SimpleMeterRegistry();
    private final RatisMetricRegistry ratis = registry("log_appender");

    private static RatisMetricRegistry registry(String component) {
        return MetricRegistries.global().create(new MetricRegistryInfo(MEMBER, "ratis", component, "test"));
    }

    @AfterEach
    void forget() {
        MemberMetrics.forget(MEMBER);
    }

    @Test
    void ratisFindsOurRegistries() {
        assertThat(MetricRegistries.global()).isInstanceOf(RatisMetricRegistries.class);
    }

    @Test
    void countsWithoutABinding() {
        LongCounter counter = ratis.counter("numHits");
        counter.inc();
        counter.inc(3);
        counter.dec();
        assertThat(counter.getCount()).isEqualTo(3);
        assertThat(ratis.counter("numHits")).isSameAs(counter);
        assertThat(ratis.timer("t").time().stop()).isZero();
    }

    @Test
    void showsWhatWasRegisteredBeforeAndAfterTheBinding() {
        ratis.counter("numHits").inc(7);
        Timekeeper timer = ratis.timer("flushTime");
        try (RatisMeters.Binding binding = RatisMeters.bind(micrometer)) {
            ratis.<Long>gauge("follower_n-2_next_index", () -> () -> 42L);
            timer.time().stop();
            assertThat(binding).isNotNull();
            assertThat(micrometer
                            .get("ratis.log.appender.num.hits")
                            .tag("member", "n1")
                            .tag("group", "group-0123456789AB")
                            .functionCounter()
                            .count())
                    .isEqualTo(7);
            assertThat(micrometer
                            .get("ratis.log.appender.follower.next.index")
                            .tag("peer", "n-2")
                            .gauge()
                            .value())
                    .isEqualTo(42);
            assertThat(micrometer.get("ratis.log.appender.flush.time").timer().totalTime(TimeUnit.NANOSECONDS))
                    .isPositive();
        }
        assertThat(mine()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "fe1@7f6b3c1e-0a4d-4a4e-9b57-1c5b4e1d2f3a@group-0123456789AB, numHits, ratis.log.appender.num.hits, fe1, 7f6b3c1e, , ",
        "fe1@7f6b3c1e-0a4d-4a4e-9b57-1c5b4e1d2f3a@group-0123456789AB, follower_fe-2@00000001-0000-0000-0000-000000000002_next_index,"
                + " ratis.log.appender.follower.next.index, fe1, 7f6b3c1e, fe-2, 00000001",
        "fe1@7f6b3c1e-0a4d-4a4e-9b57-1c5b4e1d2f3a@group-0123456789AB, fe2@00000001-0000-0000-0000-000000000002_peerCommitIndex,"
                + " ratis.log.appender.peer.commit.index, fe1, 7f6b3c1e, fe2, 00000001",
        "fe1@7f6b3c1e-0a4d-4a4e-9b57-1c5b4e1d2f3a, numHits, ratis.log.appender.num.hits, fe1, 7f6b3c1e, , ",
        "n1@group-0123456789AB, follower_n2_match_index, ratis.log.appender.follower.match.index, n1, none, n2, none",
    })
    void membersGoByTheirNamesAndTheirLivesHaveATagOfTheirOwn(
            String prefix,
            String metric,
            String name,
            String member,
            String incarnation,
            @Nullable String peer,
            @Nullable String peerIncarnation) {
        MeterName found = MeterName.of(new MetricRegistryInfo(prefix, "ratis", "log_appender", "for tests"), metric);
        assertThat(found.name()).isEqualTo(name);
        assertThat(found.tags()).containsEntry("member", member).containsEntry("incarnation", incarnation);
        assertThat(found.tags().get("peer")).isEqualTo(peer);
        assertThat(found.tags().get("peer.incarnation")).isEqualTo(peerIncarnation);
    }

    @Test
    void keepsTheMetersUntilTheLastBindingIsClosed() {
        ratis.counter("numHits");
        RatisMeters.Binding first = RatisMeters.bind(micrometer);
        RatisMeters.Binding second = RatisMeters.bind(micrometer);
        first.close();
        first.close();
        assertThat(mine()).isEqualTo(1);
        second.close();
        assertThat(mine()).isZero();
    }

    @Test
    void unregisteredMetersDisappear() {
        try (RatisMeters.Binding binding = RatisMeters.bind(micrometer)) {
            ratis.counter("numHits");
            ratis.<Long>gauge("follower_n2_match_index", () -> () -> 1L);
            ratis.remove("follower_n2_match_index");
            assertThat(mine()).isEqualTo(1);
            MetricRegistries.global().remove(ratis.getMetricRegistryInfo());
            assertThat(mine()).isZero();
            assertThat(binding).isNotNull();
        }
    }

    @Test
    void theServerComponentOutlivesALeadership() {
        RatisMetricRegistry server = registry("server");
        try (RatisMeters.Binding binding = RatisMeters.bind(micrometer)) {
            server.counter("numFailedClientWriteOnServer");
            MetricRegistries.global().remove(server.getMetricRegistryInfo());
            assertThat(mine()).isEqualTo(1);
            MemberMetrics.forget(MEMBER);
            assertThat(mine()).isZero();
            assertThat(binding).isNotNull();
        }
    }

    private long mine() {
        return micrometer.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> "n1".equals(id.getTag("member")))
                .count();
    }
}
