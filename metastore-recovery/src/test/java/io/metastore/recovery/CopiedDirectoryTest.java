package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.metastore.api.Codecs;
import io.metastore.api.MemberStatus;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MetaStore;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.api.Timeouts;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.Seal;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A member of which an operator has copied the directory: however many of its copies are started after a recovery that lets it come back, one takes part. */
class CopiedDirectoryTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestCluster start() {
        return TestCluster.builder().voters(3).patience(PATIENCE).start();
    }

    private static RecoveryPlan plan(Path goesOn, Path... others) {
        return Recovery.of(Stream.concat(Stream.of(goesOn), Arrays.stream(others))
                        .map(path -> Source.directory(path).labelled(String.valueOf(path.getFileName())))
                        .toArray(Source[]::new))
                .survey()
                .plan(PlanOptions.DEFAULT
                        .from(String.valueOf(goesOn.getFileName()))
                        .readmitAll());
    }

    private static Optional<String> permission(Path directory) {
        return DirectoryInspection.of(new DiskFileLayer(), directory).seal().flatMap(Seal::readmission);
    }

    private static MetaStore open(
            TestCluster cluster, String name, Path directory, String address, UnaryOperator<MetaStore.Builder> more) {
        return more.apply(MetaStore.builder(directory).member(name, address).with(cluster.network()))
                .open();
    }

    private static MetaStore open(TestCluster cluster, Path directory, String address) {
        return open(cluster, "fe2", directory, address, builder -> builder);
    }

    /** The only ones there are, with their votes. */
    private static void awaitVoters(TestMember asked, String... names) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        asked.store().cluster().members())
                .filteredOn(member -> member.role() != MemberStatus.Role.OBSERVER)
                .extracting(MemberStatus::name)
                .containsExactlyInAnyOrder(names));
        assertThat(asked.store().cluster().members()).hasSize(names.length);
    }

    private static void refusedAsItIs(
            Path directory, Class<? extends Throwable> type, ThrowingCallable opening, String... says) {
        var before = TreePhoto.of(directory.resolve("stores"));
        assertThatThrownBy(opening).isInstanceOf(type).hasMessageContainingAll(says);
        assertThat(TreePhoto.of(directory.resolve("stores"))).isEqualTo(before);
    }

    /** The older one sorts before the other. */
    @Test
    void ofTwoCopiesTheOneWithMoreComesBackAndTheOtherNeverDoes() {
        try (TestCluster cluster = start()) {
            TestMember goesOn = cluster.member("fe1");
            TestMember back = cluster.member("fe2");
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "1"));
            back.stop();
            Path older = TreePhoto.copy(back.directory(), cluster.root().resolve("a-copy-of-fe2"));
            back.restart();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("b", "2"));
            cluster.members().forEach(TestMember::stop);

            RecoveryPlan plan = plan(goesOn.directory(), older, back.directory());

            assertThat(plan.readmitted())
                    .extracting(RecoveryPlan.Readmitted::name)
                    .containsExactly("fe2");
            assertThat(plan.risks())
                    .filteredOn(risk -> risk.contains("another copy of fe2@"))
                    .singleElement()
                    .asString()
                    .startsWith("a-copy-of-fe2 is another copy")
                    .contains("as fe2 is, which comes back", "do not start it");
            RecoveryResult result = plan.apply(Consent.to(plan));
            assertThat(permission(back.directory())).contains(goesOn.address());
            assertThat(permission(older)).isEmpty();
            goesOn.restart();
            ThrowingCallable asBefore =
                    () -> open(cluster, older, back.address()).close();
            refusedAsItIs(older, RecoveryRefusedException.class, asBefore, "directory=" + older);
            back.at(cluster.newAddress("fe2")).restart(); // Its disk is in another host.
            assertThat(result.awaitReadmitted(goesOn.store(), PATIENCE)).containsExactly("has its vote: fe2");
            Revision written = goesOn.table(NOTES).put("c", "3");

            // beside the one that came back; also when its application allows it to come back, or to take the other's
            // place
            refusedAsItIs(older, RecoveryRefusedException.class, asBefore, "directory=" + older);
            String elsewhere = cluster.newAddress("fe2");
            refusedAsItIs(
                    older,
                    MembershipRefusedException.class,
                    () -> open(cluster, "fe2", older, elsewhere, MetaStore.Builder::rejoin)
                            .close(),
                    "a member has that name already: member=fe2@");
            refusedAsItIs(
                    older,
                    MembershipRefusedException.class,
                    () -> open(cluster, "fe2", older, elsewhere, builder -> builder.rejoin()
                                    .join(goesOn.address())
                                    .autoReplace())
                            .close(),
                    "the member that is to be replaced answers: member=fe2@");

            cluster.awaitApplied(written);
            awaitVoters(goesOn, "fe1", "fe2");
            goesOn.kill();
            goesOn.restart();
            cluster.assertConverged();
            for (String key : List.of("a", "b", "c")) {
                assertThat(back.table(NOTES).get(key)).isPresent();
            }
        }
    }

    /** The copy was made after the seal, so that both may come back, and ask at once, from two hosts. */
    @Test
    void ofTwoThatMayComeBackOneIsLetIn() {
        try (TestCluster cluster = start()) {
            TestMember goesOn = cluster.member("fe1");
            TestMember original = cluster.member("fe2");
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "1"));
            cluster.members().forEach(TestMember::stop);
            RecoveryPlan plan = plan(goesOn.directory(), original.directory());
            RecoveryResult result = plan.apply(Consent.to(plan));
            Path copy = TreePhoto.copy(original.directory(), cluster.root().resolve("fe2-copy"));
            goesOn.restart();

            List<Path> directories = List.of(original.directory(), copy);
            List<String> addresses = List.of(original.address(), cluster.newAddress("fe2"));
            List<MetaStore> open = new ArrayList<>(Arrays.asList(null, null));
            List<Throwable> refused = new ArrayList<>(Arrays.asList(null, null));
            CompletableFuture.allOf(Stream.of(0, 1)
                            .map(i -> CompletableFuture.runAsync(() -> refused.set(
                                    i,
                                    catchThrowable(
                                            () -> open.set(i, open(cluster, directories.get(i), addresses.get(i)))))))
                            .toArray(CompletableFuture[]::new))
                    .join();
            int first = open.get(0) != null ? 0 : 1;
            int second = 1 - first;
            try {
                assertThat(refused.get(first)).isNull();
                assertThat(refused.get(second))
                        .isInstanceOf(MembershipRefusedException.class) // As soon as the other one has its vote.
                        .hasMessageContaining("another directory of it has come");
                assertThat(result.awaitReadmitted(goesOn.store(), PATIENCE)).containsExactly("has its vote: fe2");
                assertThat(goesOn.table(NOTES).put("b", "2").epoch()).isEqualTo(2);
                refusedAsItIs(
                        directories.get(second),
                        MembershipRefusedException.class,
                        () -> open(cluster, directories.get(second), addresses.get(second))
                                .close(),
                        "nobody waits any more for the member");
                awaitVoters(goesOn, "fe1", "fe2");
            } finally {
                open.get(first).close();
            }

            // nor where the other one listened, when that is down
            refusedAsItIs(
                    directories.get(second),
                    Throwable.class,
                    () -> open(
                                    cluster,
                                    "fe2",
                                    directories.get(second),
                                    addresses.get(first),
                                    builder ->
                                            builder.timeouts(Timeouts.defaults().withOpen(Duration.ofMillis(1500))))
                            .close(),
                    "fe2");
            try (MetaStore again = open(cluster, directories.get(first), addresses.get(first))) {
                awaitVoters(goesOn, "fe1", "fe2");
                again.awaitRevision(goesOn.table(NOTES).put("c", "3"), PATIENCE);
                assertThat(again.table(NOTES).get("b")).contains("2");
            }
        }
    }
}
