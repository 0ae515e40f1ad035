package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.MemberStatus;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.Secret;
import io.metastore.api.StoreState;
import io.metastore.api.Timeouts;
import io.metastore.api.UnavailableException;
import io.metastore.raft.SimulatedNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Members of another cluster, or with another token, change nothing, whichever side asks. */
class StrangersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Secret TOKEN = Secret.of("the right token of tests");
    private static final Secret WRONG = Secret.of("another token of tests");

    @TempDir
    Path directory;

    private final SimulatedNetwork jvm = new SimulatedNetwork(1);
    private final SimulatedNetwork sockets = SimulatedNetwork.overSockets(1);

    private int addresses;

    private String address(MetaStoreTest.Links links) {
        return links == MetaStoreTest.Links.GRPC ? LoopbackAddresses.next() : "host" + ++addresses + ":1";
    }

    private MetaStore.Builder member(
            MetaStoreTest.Links links, String directoryName, String name, String address, Secret token) {
        return MetaStore.builder(directory.resolve(directoryName))
                .member(name, address)
                .clusterToken(token)
                .with(links == MetaStoreTest.Links.GRPC ? sockets : jvm);
    }

    private MetaStore alone(MetaStoreTest.Links links, String name, String address, Secret token, String key) {
        MetaStore store = member(links, name, name, address, token)
                .bootstrap(name + "=" + address)
                .open();
        store.withTimeout(PATIENCE).table(NOTES).put(key, key);
        return store;
    }

    private void assertUntouched(MetaStore store, String name, String key) {
        assertThat(store.status().members()).extracting(MemberStatus::name).containsExactly(name);
        assertThat(store.cluster().operations()).isEmpty();
        assertThat(store.withTimeout(PATIENCE).table(NOTES).get(key)).contains(key);
        store.table(NOTES).put(key, key);
    }

    @ParameterizedTest
    @EnumSource(MetaStoreTest.Links.class)
    void oneWithAnotherTokenIsNotTakenInAndStaysEmpty(MetaStoreTest.Links links) throws Exception {
        String address = address(links);
        try (MetaStore store = alone(links, "fe1", address, TOKEN, "own")) {
            MetaStore.Builder stranger =
                    member(links, "fe2", "fe2", address(links), WRONG).join(address);
            assertThatThrownBy(stranger::open)
                    .isInstanceOfSatisfying(
                            MembershipRefusedException.class,
                            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.WRONG_TOKEN))
                    .message()
                    .doesNotContain("token of tests");
            assertThat(filesOf("fe2")).doesNotContain("VERSION", "ROLE", "stores");
            assertUntouched(store, "fe1", "own");
        }
    }

    private List<String> filesOf(String name) throws Exception {
        Path root = directory.resolve(name);
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @ParameterizedTest
    @EnumSource(MetaStoreTest.Links.class)
    void oneThatNobodyAnswersIsToldWhomItAskedAndStaysEmpty(MetaStoreTest.Links links) throws Exception {
        String helper = address(links);
        String nobody = address(links);
        MetaStore.Builder joining = member(links, "fe2", "fe2", address(links), TOKEN)
                .join(nobody, helper)
                .observer()
                .timeouts(Timeouts.defaults().withOpen(Duration.ofMillis(300)));
        assertThatThrownBy(joining::open)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no member let this one in: member=fe2")
                .hasMessageContaining(nobody + ": ")
                .hasMessageContaining(helper + ": ")
                .hasMessageContaining("timeouts.open");
        assertThat(filesOf("fe2")).doesNotContain("VERSION", "ROLE", "stores");
        // then it comes in once somebody is there, although not everybody it was told of is
        try (MetaStore store = alone(links, "fe1", helper, TOKEN, "own");
                MetaStore joined = joining.timeouts(Timeouts.defaults()).open()) {
            assertThat(joined.withTimeout(PATIENCE).table(NOTES).get("own")).contains("own");
            // What the members tell each other of themselves is looked at now and then.
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            store.status().members())
                    .extracting(MemberStatus::name)
                    .containsExactly("fe1", "fe2"));
        }
    }

    /** A member with data of one cluster asks those of another, and one that is where a member of another was is asked by that one's fellows. */
    @ParameterizedTest
    @EnumSource(MetaStoreTest.Links.class)
    void membersOfTwoClustersLeaveEachOtherAlone(MetaStoreTest.Links links) {
        String first = address(links);
        String second = address(links);
        String third = address(links);
        try (MetaStore one = alone(links, "a1", first, TOKEN, "one")) {
            MetaStore two = member(links, "a2", "a2", second, TOKEN).join(first).open();
            Awaitility.await().atMost(PATIENCE).until(() -> one.cluster().operations().stream()
                    .anyMatch(operation -> operation.target().equals("a2") && operation.isOver()));
            two.close();
            // when: where a2 was, there is a member of another cluster now, with the same token
            try (MetaStore other = alone(links, "b1", second, TOKEN, "other")) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> one.status().state() == StoreState.NO_QUORUM
                                && one.status().members().stream()
                                        .noneMatch(member -> member.name().equals("a2") && member.alive()));
                assertUntouched(other, "b1", "other");
                // and the member of the first cluster comes back elsewhere and is told the address of the other
                try (MetaStore back = member(links, "a2", "a2", third, TOKEN)
                        .join(second, first)
                        .open()) {
                    assertThat(back.withTimeout(PATIENCE).table(NOTES).get("one"))
                            .contains("one");
                    assertThat(back.withTimeout(PATIENCE).table(NOTES).get("other"))
                            .isEmpty();
                    assertUntouched(other, "b1", "other");
                }
            }
        }
    }

    /** It was let in by one cluster and is started again with the addresses of another only, before it was taken in. */
    @ParameterizedTest
    @EnumSource(MetaStoreTest.Links.class)
    void oneThatBelongsToOneClusterIsNotTakenInByAnother(MetaStoreTest.Links links) {
        String first = address(links);
        String second = address(links);
        try (MetaStore other = alone(links, "b1", second, TOKEN, "other")) {
            MetaStore one = alone(links, "a1", first, TOKEN, "one");
            MetaStore added = member(links, "a2", "a2", address(links), TOKEN)
                    .join(first)
                    .observer()
                    .open();
            Awaitility.await().atMost(PATIENCE).until(() -> one.cluster().operations().stream()
                    .anyMatch(operation -> operation.isOver()));
            one.cluster().remove("a2").await(PATIENCE);
            added.close();
            one.close();
            try (MetaStore again = member(links, "a2", "a2", address(links), TOKEN)
                    .join(second)
                    .observer()
                    .open()) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> again.status().reason().contains("OTHER_CLUSTER")
                                || again.status().state() == StoreState.NO_QUORUM);
                assertThat(again.table(NOTES).reading(ReadMode.local()).get("other"))
                        .isEmpty();
                assertUntouched(other, "b1", "other");
            }
        }
    }
}
