package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.metastore.api.spi.OpenSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How a member says that it enters a cluster, and what is refused before any file is touched. */
class JoinSettingsTest {

    @Test
    void whereToAskIsHandedOnInOrderWithoutDuplicates() {
        OpenSettings settings = member().join("fe1:1", " fe2:1", "fe1:1").settings();
        assertThat(settings.join()).containsExactly("fe1:1", "fe2:1");
        assertThat(settings.bootstrap()).isEmpty();
        assertThat(settings.autoReplace()).isFalse();
        assertThat(settings.member()).isEqualTo(MemberAddress.voter("fe4", "fe4:1"));
    }

    @Test
    void withoutJoinThereIsNowhereToAsk() {
        OpenSettings settings = member().bootstrap("fe4=fe4:1").settings();
        assertThat(settings.join()).isEmpty();
        assertThat(settings.autoReplace()).isFalse();
    }

    @Test
    void aMemberJoinsAsAnObserver() {
        assertThat(member().join("fe1:1").observer().settings().member())
                .isEqualTo(MemberAddress.observer("fe4", "fe4:1"));
    }

    @Test
    void aBootstrapListSaysWhoIsAnObserver() {
        assertThat(member().bootstrap("fe1=fe1:1", "fe4=fe4:1/observer")
                        .settings()
                        .member())
                .isEqualTo(MemberAddress.observer("fe4", "fe4:1"));
    }

    @Test
    void aMemberMayTakeThePlaceOfOneThatIsGone() {
        assertThat(member().join("fe1:1").autoReplace().settings().autoReplace())
                .isTrue();
    }

    @Test
    void theOwnAddressMayBeAmongThoseToAsk() {
        assertThat(member().join("fe1:1", "fe4:1").settings().join()).containsExactly("fe1:1", "fe4:1");
        refused(member().join("fe4:1"), "only this member itself", "join=[fe4:1]");
    }

    @Test
    void bootstrapAndJoinExcludeEachOther() {
        refused(
                member().bootstrap("fe4=fe4:1").join("fe1:1"),
                "bootstrap=[fe4=fe4:1] join=[fe1:1]",
                "use bootstrap on the first members of a new cluster",
                "join on every member that enters one that is there");
    }

    @Test
    void joinNeedsAMember() {
        refused(MetaStore.builder(Path.of("data")).join("fe1:1"), "member(name, address)");
        refused(MetaStore.builder(Path.of("data")).autoReplace(), "member(name, address)");
    }

    @Test
    void observerWithoutJoinIsRefusedWithTheHint() {
        refused(member().observer(), "join(addresses)", "name=host:port/observer");
        refused(member().bootstrap("fe1=fe1:1", "fe4=fe4:1").observer(), "name=host:port/observer");
    }

    @Test
    void autoReplaceNeedsJoin() {
        refused(member().autoReplace(), "autoReplace needs join", "join(addresses)");
        refused(member().bootstrap("fe4=fe4:1").autoReplace(), "instead of bootstrap", "bootstrap=[fe4=fe4:1]");
    }

    @Test
    void aMemberThatJoinsImportsNothing() {
        refused(member().join("fe1:1").importFrom(Path.of("old.image")), "file=old.image join=[fe1:1]");
    }

    @Test
    void joinTakesAddresses() {
        assertThatIllegalArgumentException().isThrownBy(() -> member().join()).withMessageContaining("at least one");
        for (String bad : new String[] {"", "  ", "fe1=fe1:1", "fe1:1/observer"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> member().join(bad))
                    .withMessageContaining("host:port")
                    .withMessageContaining("helper='" + bad + "'");
        }
    }

    private static void refused(MetaStore.Builder builder, String... parts) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(builder::open)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    private static MetaStore.Builder member() {
        return MetaStore.builder(Path.of("data")).member("fe4", "fe4:1");
    }
}
