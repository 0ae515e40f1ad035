package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Settings that do not fit are refused by name, with the value seen. */
class SettingsTest {

    private record Setting(String name, long min, long max, LongFunction<Limits.Builder> set) {}

    private static final List<Setting> SETTINGS = List.of(
            new Setting("keyBytesMax", 1, 65_536, v -> builder().keyBytesMax((int) v)),
            new Setting("valueBytesMax", 1, 2 << 20, v -> builder().valueBytesMax((int) v)),
            new Setting("transactionBytesMax", 1024, 3 << 20, v -> builder().transactionBytesMax((int) v)),
            new Setting("transactionOperationsMax", 1, 1_000_000, v -> builder().transactionOperationsMax((int) v)),
            new Setting("queueTransactionsMax", 1, 10_000_000, v -> builder().queueTransactionsMax((int) v)),
            new Setting("queueBytesMax", 1024, 16L << 30, v -> builder().queueBytesMax(v)),
            new Setting("scanEntriesMax", 1, 100_000_000, v -> builder().scanEntriesMax((int) v)),
            new Setting("removeRangeEntriesMax", 1, 1_000_000, v -> builder().removeRangeEntriesMax((int) v)),
            new Setting("diskFreeBytesMin", 0, 1L << 40, v -> builder().diskFreeBytesMin(v)));

    @Test
    void limitsAreAcceptedToTheirEndsAndRefusedBeyond() {
        for (Setting setting : SETTINGS) {
            assertThat(setting.set().apply(setting.min()).build()).isNotNull();
            assertThat(setting.set().apply(setting.max()).build()).isNotNull();
            for (long value : new long[] {setting.min() - 1, setting.max() + 1}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> setting.set().apply(value).build())
                        .withMessageContaining(setting.name() + "=" + value)
                        .withMessageContaining("min=" + setting.min() + " max=" + setting.max());
            }
        }
    }

    @Test
    void aValueMustFitIntoATransaction() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limits.defaults().toBuilder()
                        .valueBytesMax(2048)
                        .transactionBytesMax(1024)
                        .build())
                .withMessageContaining("valueBytesMax=2048 transactionBytesMax=1024");
    }

    @Test
    void aBuilderStartsFromWhatItWasMadeOf() {
        assertThat(Limits.defaults().toBuilder().build()).isEqualTo(Limits.defaults());
    }

    @Test
    void timeoutsArePositiveAndAtMostADay() {
        Timeouts defaults = Timeouts.defaults();
        assertThat(defaults.withCall(Duration.ofDays(1)).call()).isEqualTo(Duration.ofDays(1));
        for (Duration bad :
                List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(1).plusNanos(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> defaults.withCall(bad))
                    .withMessageContaining("call=" + bad);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> defaults.withOpen(bad))
                    .withMessageContaining("open=" + bad);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> defaults.withElection(bad, Duration.ofSeconds(1)))
                    .withMessageContaining("electionMin=" + bad);
        }
    }

    @Test
    void theLongestSilenceIsAboveTheShortest() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Timeouts.defaults().withElection(second, second))
                .withMessageContaining("electionMin=PT1S electionMax=PT1S");
    }

    @Test
    void memberAddressesAreReadAndPrintedAlike() {
        for (String text : List.of("fe1=10.0.0.1:9010", "fe_2.a-b=[::1]:9010", "o=host:1/observer")) {
            assertThat(MemberAddress.parse(text)).hasToString(text);
        }
        assertThat(MemberAddress.parse("o=host:1/observer")).isEqualTo(MemberAddress.observer("o", "host:1"));
        assertThat(MemberAddress.parse(" a = host:1 ")).isEqualTo(MemberAddress.voter("a", "host:1"));
    }

    @Test
    void memberAddressesThatAreNoneAreRefused() {
        for (String text : List.of("", "fe1", "=host:1", "a b=host:1", "a=", "a=b=c:1", "a=host:1/voter", "a= ")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MemberAddress.parse(text))
                    .withMessageContaining("'");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> MemberAddress.voter("a".repeat(65), "host:1"));
    }

    @Test
    void openWithoutAnImplementationNamesTheMissingDependency() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> MetaStore.open(Path.of("data")))
                .withMessageContaining("metastore-raft");
    }

    @Test
    void aClusterNeedsAMember() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() ->
                        MetaStore.builder(Path.of("data")).bootstrap("a=h:1").open())
                .withMessageContaining("member(name, address)");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> MetaStore.builder(Path.of("data")).observer().open())
                .withMessageContaining("member(name, address)");
    }

    @Test
    void aSecretIsNeverPrinted() {
        assertThat(Secret.of("correct horse")).hasToString("Secret(13 bytes)").isEqualTo(Secret.of("correct horse"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Secret.of("short"))
                .withMessageContaining("length=5");
    }

    private static Limits.Builder builder() {
        // Other limits out of the way of the one under test.
        return Limits.defaults().toBuilder().valueBytesMax(1).transactionBytesMax(3 << 20);
    }

    @Test
    void autopilotIsAcceptedToItsEndsAndRefusedBeyond() {
        Autopilot.Builder ends = Autopilot.builder()
                .deadAfter(Duration.ofSeconds(1))
                .stabilisation(Duration.ofDays(1))
                .votersMin(1);
        assertThat(ends.build().toBuilder().build()).isEqualTo(ends.build());
        assertThat(Autopilot.builder().build()).isEqualTo(Autopilot.defaults());
        assertThat(Autopilot.builder().keptObservers("o1", "o2").build().keptObservers())
                .containsExactlyInAnyOrder("o1", "o2");
        refused(Autopilot.builder().deadAfter(Duration.ofMillis(999)), "deadAfter=PT0.999S");
        refused(Autopilot.builder().deadAfter(Duration.ofDays(366)), "deadAfter=PT8784H");
        refused(Autopilot.builder().stabilisation(Duration.ZERO), "stabilisation=PT0S");
        refused(Autopilot.builder().stabilisation(Duration.ofDays(2)), "stabilisation=PT48H");
        refused(Autopilot.builder().votersMin(0), "votersMin=0");
        refused(Autopilot.builder().votersMin(101), "votersMin=101");
        refused(Autopilot.builder().votersMin(4), "must be odd", "votersMin=4");
    }

    private static void refused(Autopilot.Builder settings, String... texts) {
        assertThatIllegalArgumentException().isThrownBy(settings::build).withMessageContainingAll(texts);
    }

    @Test
    void autopilotIsOffUnlessAskedForAndNeedsAMember() {
        MetaStore.Builder member =
                MetaStore.builder(Path.of("x")).member("fe1", "fe1:1").bootstrap("fe1=fe1:1");
        assertThat(member.settings().autopilot()).isNull();
        assertThat(member.autopilot(Autopilot.defaults()).settings().autopilot())
                .isEqualTo(Autopilot.defaults());
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> MetaStore.builder(Path.of("x"))
                        .autopilot(Autopilot.defaults())
                        .settings())
                .withMessageContaining("call member(name, address)");
    }
}
