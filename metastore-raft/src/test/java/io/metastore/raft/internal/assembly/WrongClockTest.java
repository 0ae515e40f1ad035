package io.metastore.raft.internal.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.Health;
import io.metastore.api.Limits;
import io.metastore.api.MemberAddress;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.api.Timeouts;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.snapshot.files.DiskFileLayer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Incident I56: one clock is a year ahead, another eleven seconds behind. Nothing of what members agree on depends on that, and somebody is told. */
class WrongClockTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final List<MemberAddress> ALL = TestSettings.voters(3);

    private static final Map<String, Duration> AHEAD =
            Map.of("fe1", Duration.ZERO, "fe2", Duration.ofDays(365), "fe3", Duration.ofSeconds(-11));

    /** Writes down what time it was told. */
    private static final CommandType<String, Long> NOW =
            CommandType.of("now", Codecs.utf8(), Codecs.int64(), (context, key) -> {
                context.in(NOTES).put(key, context.time().toString());
                return context.time().toEpochMilli();
            });

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final Map<String, MetaStore> members = new LinkedHashMap<>();

    @AfterEach
    void close() {
        members.values().forEach(MetaStore::close);
    }

    private MetaStore open(Path root, MemberAddress self) {
        OpenSettings settings = TestSettings.of(
                root.resolve(self.name()),
                self,
                ALL,
                Limits.defaults(),
                Timeouts.defaults().withElection(Duration.ofMillis(300), Duration.ofMillis(600)),
                List.of(NOW),
                network);
        MetaStore store = StoreAssembly.open(
                settings, new DiskFileLayer(), Clock.offset(Clock.systemUTC(), AHEAD.get(self.name())));
        members.put(self.name(), store.withTimeout(PATIENCE));
        return store;
    }

    @Test
    void wrongClocksChangeNothingThatMembersAgreeOnAndAreTold(@TempDir Path root) {
        ALL.forEach(self -> open(root, self));
        Revision last = members.get("fe1").table(NOTES).put("formed", "v");
        for (MetaStore member : members.values()) {
            member.awaitRevision(last, PATIENCE);
        }
        List<Long> times = new ArrayList<>();
        // Each of them leads for a while, the one that is ahead before the one that is behind.
        for (String leader : List.of("fe1", "fe2", "fe3", "fe1")) {
            MetaStore store = members.get(leader);
            if (!MemberProbe.of(store).leads()) {
                store.cluster().transferLeadership(leader).await(PATIENCE);
            }
            for (String writer : members.keySet()) {
                times.add(members.get(writer).execute(NOW, leader + writer));
                last = members.get(writer).table(NOTES).put(leader + writer, "written");
                for (MetaStore reader : members.values()) {
                    assertThat(reader.table(NOTES).get(leader + writer)).contains("written");
                    assertThat(reader.table(NOTES)
                                    .reading(ReadMode.maxLag(Duration.ofMinutes(1)))
                                    .get(leader + writer))
                            .isPresent();
                }
            }
        }
        assertThat(times).as("what commands are told never goes back").isSorted();
        assertThat(Instant.ofEpochMilli(times.get(0))).isBefore(Instant.ofEpochMilli(times.get(4)));
        for (MetaStore member : members.values()) {
            member.awaitRevision(last, PATIENCE);
            assertThat(member.status().members())
                    .extracting(MemberStatus::alive)
                    .containsOnly(true);
        }
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(members.values().stream()
                        .map(member -> MemberProbe.of(member).position()
                                + MemberProbe.of(member).fingerprint())
                        .distinct())
                .hasSize(1));
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(told("fe1")).hasSize(2).anyMatch(text -> text.contains("member=fe2 secondsAhead=3153"));
            assertThat(told("fe1")).anyMatch(text -> text.contains("member=fe3 secondsAhead=-1"));
            assertThat(told("fe3")).hasSize(2);
        });
        assertThat(members.get("fe2").health().ready()).isTrue();
    }

    private List<String> told(String member) {
        return members.get(member).health().findings().stream()
                .filter(finding -> finding.code().equals("CLOCK_DIFFERS"))
                .map(Health.Finding::text)
                .toList();
    }
}
