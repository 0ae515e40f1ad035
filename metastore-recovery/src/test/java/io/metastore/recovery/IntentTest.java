package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryInUseException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MemberAddress;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.TableDef;
import io.metastore.raft.offline.RecoveryAtOpen;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recoveries that are asked for by a file beside the data and carried out by whoever opens it: once, and never again, whatever is left lying there. */
class IntentTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Path temporary;
    private Path member;

    @BeforeEach
    void write(@TempDir Path given) throws IOException {
        temporary = given.toRealPath();
        member = temporary.resolve("member");
        put(member, "a");
    }

    private static void put(Path directory, String key) {
        try (MetaStore store = MetaStore.open(directory)) {
            store.table(NOTES).put(key, "value of " + key);
        }
    }

    private static RecoveryPlan plan(Path... directories) {
        return Recovery.of(List.of(directories).stream().map(Source::directory).toArray(Source[]::new))
                .survey()
                .plan(PlanOptions.DEFAULT.because("ann", "a test"));
    }

    private static Path intend(Path... directories) {
        RecoveryPlan plan = plan(directories);
        return plan.intend(Consent.to(plan));
    }

    private static long epoch(Path directory) {
        return DirectoryInspection.of(new DiskFileLayer(), directory).epoch().orElseThrow();
    }

    /** What an opening does first. */
    private static void carryOut(Path directory) {
        carryOut(directory, Expectation.single());
    }

    private static void carryOut(Path directory, Expectation expectation) {
        RecoveryAtOpen.ifIntended(
                new DiskFileLayer(),
                new RecoveryAtOpen.Opening(directory, expectation, Optional.empty(), Optional.empty()));
    }

    private static Path spent(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(each -> each.getFileName().toString().startsWith("INTENT."))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void isCarriedOutByTheNextOpeningAndByNoneAfterThat() throws IOException {
        Path file = intend(member);
        assertThat(file).isEqualTo(member.resolve("INTENT"));
        assertThat(Recovery.intended(member))
                .hasValueSatisfying(intended -> assertThat(intended.why()).isEqualTo("a test"));
        assertThat(epoch(member)).isEqualTo(1);

        put(member, "b");

        assertThat(epoch(member)).isEqualTo(2);
        assertThat(file).doesNotExist();
        assertThat(Recovery.intended(member)).isEmpty();
        Path spent = spent(member);
        for (int i = 0; i < 3; i++) { // Left on, by whatever puts files back.
            Files.copy(spent, file);
            try (MetaStore store = MetaStore.open(member)) {
                assertThat(store.table(NOTES).get("a")).contains("value of a");
                assertThat(store.table(NOTES).get("b")).contains("value of b");
            }
            assertThat(epoch(member)).isEqualTo(2);
            assertThat(file).doesNotExist();
        }
        for (int i = 0; i < 47; i++) {
            Files.copy(spent, file);
            carryOut(member);
            assertThat(epoch(member)).isEqualTo(2);
            assertThat(file).doesNotExist();
        }
        Files.move(spent, file); // Also when nothing but the epoch remembers it.
        carryOut(member);
        assertThat(epoch(member)).isEqualTo(2);
        assertThat(file).doesNotExist();
        assertThat(member.resolve("stores/main/epoch-000003")).doesNotExist();
    }

    @Test
    void consentIsToThatPlan() {
        RecoveryPlan plan = plan(member);

        refused(Reason.OTHER_PLAN, () -> plan.intend(Consent.toDigest("0".repeat(32))));

        assertThat(member.resolve("INTENT")).doesNotExist();
    }

    @Test
    void isWorthNothingAfterItWasUndoneAndCanBeWrittenAnew() throws IOException {
        Path file = intend(member);
        byte[] first = Files.readAllBytes(file);
        carryOut(member);
        assertThat(epoch(member)).isEqualTo(2);
        Recovery.undo(member);
        assertThat(epoch(member)).isEqualTo(1);
        Files.delete(spent(member));
        Files.write(file, first);

        carryOut(member);

        assertThat(epoch(member)).isEqualTo(1);
        assertThat(file).doesNotExist();
        intend(member);
        carryOut(member);
        assertThat(epoch(member)).isEqualTo(3);
    }

    @Test
    void isWorthNothingAfterAnotherRecovery() throws IOException {
        Path file = intend(member);
        byte[] first = Files.readAllBytes(file);
        RecoveryPlan plan = plan(member);
        plan.apply(Consent.to(plan));
        carryOut(member);
        assertThat(epoch(member)).isEqualTo(2);
        assertThat(file).doesNotExist();
        Recovery.undo(member);
        Files.delete(spent(member));
        Files.write(file, first);

        carryOut(member);

        assertThat(epoch(member)).isEqualTo(1);
        assertThat(file).doesNotExist();
    }

    @Test
    void isTakenAwayByWhoeverTakesBackOrCancels() throws IOException {
        Path file = intend(member);
        byte[] first = Files.readAllBytes(file);

        Recovery.cancelIntent(member);

        assertThat(file).doesNotExist();
        refused(Reason.NOTHING_UNDER_WAY, () -> Recovery.cancelIntent(member));
        Files.write(file, first);
        carryOut(member);
        assertThat(epoch(member)).isEqualTo(1);
        intend(member);
        Recovery.abort(member);
        assertThat(file).doesNotExist();
        put(member, "b");
        assertThat(epoch(member)).isEqualTo(1);
    }

    private interface Change {
        void make() throws IOException;
    }

    /** Refused with the name of the file and the way out, and not a byte is changed; then it is cancelled, and the member opens as it is. */
    private void isRefusedAfter(Change change, Reason reason, Path... directories) throws IOException {
        RecoveryPlan plan = plan(directories);
        Path target = plan.target().directory();
        Path file = plan.intend(Consent.to(plan));
        change.make();
        Map<String, Integer> before = Trees.photo(temporary);

        assertThatThrownBy(() -> MetaStore.open(target))
                .isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(reason))
                .hasMessageContaining("file=" + file)
                .hasMessageContaining("metastore intent --cancel " + target);

        assertThat(Trees.photo(temporary)).isEqualTo(before);
        Recovery.cancelIntent(target);
        try (MetaStore store = MetaStore.open(target)) {
            assertThat(store.table(NOTES).get("a")).contains("value of a");
        }
        assertThat(epoch(target)).isEqualTo(1);
    }

    @Test
    void journalThatWentOnIsRefused() throws IOException {
        Path file = member.resolve("INTENT");
        isRefusedAfter(
                () -> {
                    byte[] intent = Files.readAllBytes(file);
                    Files.delete(file);
                    put(member, "b");
                    Files.write(file, intent);
                },
                Reason.CHANGED_SINCE,
                member);
    }

    @Test
    void fileOfAnotherClusterIsRefused() throws IOException {
        Path other = temporary.resolve("other");
        put(other, "a");
        Path file = intend(other);
        isRefusedAfter(
                () -> Files.write(member.resolve("INTENT"), Files.readAllBytes(file)), Reason.OTHER_CLUSTER, member);
    }

    @Test
    void directoryToBeSealedThatIsNotThereIsRefused() throws IOException {
        Path copy = temporary.resolve("copy");
        Trees.copy(member, copy);
        RecoveryPlan plan = plan(member, copy);
        Path other = plan.others().get(0).directory();
        isRefusedAfter(() -> Trees.delete(other), Reason.SOURCE_SILENT, member, copy);
    }

    @Test
    void directoryToBeSealedInWhichAMemberRunsIsRefused() throws IOException {
        Path copy = temporary.resolve("copy");
        Trees.copy(member, copy);
        RecoveryPlan plan = plan(member, copy);
        Path target = plan.target().directory();
        Path other = plan.others().get(0).directory();
        plan.intend(Consent.to(plan));
        try (MetaStore running = MetaStore.open(other)) {
            assertThat(running.table(NOTES).get("a")).isPresent();
            refused(Reason.SOURCE_SILENT, () -> MetaStore.open(target));
        }
        assertThat(epoch(target)).isEqualTo(1);
        assertThat(target.resolve("INTENT")).exists();
    }

    @Test
    void directoryToBeSealedThatAnotherRecoveryTookIsRefused() throws IOException {
        Path copy = temporary.resolve("copy");
        Trees.copy(member, copy);
        RecoveryPlan plan = plan(member, copy);
        Path other = plan.others().get(0).directory();
        isRefusedAfter(
                () -> {
                    RecoveryPlan own = plan(other);
                    own.apply(Consent.to(own));
                    Recovery.undo(other);
                },
                Reason.CHANGED_SINCE,
                member,
                copy);
    }

    @Test
    void damagedFileIsRefusedWhateverByteIsWrongAndCanBeCancelled() throws IOException {
        Path file = intend(member);
        byte[] sound = Files.readAllBytes(file);
        for (int i = 0; i < sound.length; i++) {
            byte[] damaged = sound.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            assertThatThrownBy(() -> carryOut(member))
                    .as("byte %d", i)
                    .isInstanceOf(CorruptStateException.class)
                    .hasMessageContaining("--cancel " + member);
        }
        assertThatThrownBy(() -> Recovery.intended(member)).isInstanceOf(CorruptStateException.class);
        assertThat(epoch(member)).isEqualTo(1);

        Recovery.cancelIntent(member);

        put(member, "b");
        assertThat(epoch(member)).isEqualTo(1);
    }

    @Test
    void fileBesideNothingIsALostVolumeAndNoNewMember() throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        Files.copy(intend(member), empty.resolve("INTENT"));

        assertThatThrownBy(() -> MetaStore.open(empty)).isInstanceOf(DirectoryMismatchException.class);

        assertThat(empty).isDirectoryContaining(each -> each.endsWith("INTENT"));
        assertThat(empty.toFile().list()).hasSize(1);
    }

    @Test
    void memberThatRunsIsInTheWay() {
        RecoveryPlan plan = plan(member);
        try (MetaStore store = MetaStore.open(member)) {
            assertThat(store.table(NOTES).get("a")).isPresent();
            assertThatThrownBy(() -> plan.intend(Consent.to(plan))).isInstanceOf(DirectoryInUseException.class);
        }
    }

    @Test
    void rehearsalBesideItLooksAtItsOwnPlan() {
        Path file = intend(member);

        RehearsalResult result = plan(member).rehearse(builder -> builder, store -> assertThat(
                        store.table(NOTES).get("a"))
                .contains("value of a"));

        assertThat(result.epoch()).isEqualTo(2);
        assertThat(file).exists();
        assertThat(epoch(member)).isEqualTo(1);
    }

    @Test
    void memberOfAClusterGoesOnAlone() throws IOException {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "1"));
            cluster.members().forEach(TestMember::kill);
            RecoveryPlan plan = plan(
                    cluster.member("fe1").directory(), cluster.member("fe2").directory());
            boolean first =
                    plan.target().directory().equals(cluster.member("fe1").directory());
            TestMember target = cluster.member(first ? "fe1" : "fe2");
            TestMember other = cluster.member(first ? "fe2" : "fe1");
            Path file = plan.intend(Consent.to(plan));
            Files.copy(file, other.directory().resolve("INTENT"));

            refused(Reason.CHANGED_SINCE, other::restart); // It names another member.
            MemberAddress stranger = new MemberAddress("fe9", target.address(), false);
            assertThatThrownBy(() -> carryOut(target.directory(), Expectation.member(stranger, ClusterIds.NO_TOKEN)))
                    .as("nothing is recovered for an opening that is refused")
                    .isInstanceOf(DirectoryMismatchException.class);
            assertThat(epoch(target.directory())).isEqualTo(1);

            target.restart();

            target.table(NOTES).put("b", "2");
            assertThat(target.table(NOTES).get("a")).contains("1");
            assertThat(epoch(target.directory())).isEqualTo(2);
            Recovery.cancelIntent(other.directory());
            refused(Reason.SEALED, other::restart);
            othersStayMembers(target, other, file);
        }
    }

    /** The one that comes back stays a member when the one that was recovered is started with the old intent once more. */
    private static void othersStayMembers(TestMember target, TestMember other, Path file) throws IOException {
        other.joining(MetaStore.Builder::rejoin).restart();
        Awaitility.await().atMost(PATIENCE).until(() -> target.store().cluster().members().stream()
                .anyMatch(each -> each.name().equals(other.name()) && each.role() == MemberStatus.Role.OBSERVER));
        Returned.promote(target, other);
        target.kill();
        Files.copy(spent(target.directory()), file);

        target.restart();

        target.store().withTimeout(PATIENCE).table(NOTES).put("c", "3");
        assertThat(epoch(target.directory())).isEqualTo(2);
        assertThat(file).doesNotExist();
        assertThat(target.store().cluster().members())
                .extracting(MemberStatus::name)
                .containsExactlyInAnyOrder(target.name(), other.name());
        assertThat(target.store().cluster().lineage()).hasSize(1);
    }

    @Test
    void whoWasSaidToBeGoneIsLookedForWhenItIsWrittenAndWhenItIsCarriedOut() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
            port = free.getLocalPort();
        }
        RecoveryPlan plan = Recovery.of(
                        Source.directory(member),
                        Source.member("127.0.0.1:" + port)
                                .within(Duration.ofMillis(700))
                                .labelled("gone"))
                .survey()
                .plan(PlanOptions.DEFAULT.skip("gone"));
        try (HangsUp there = new HangsUp(port, loopback)) {
            refused(Reason.MEMBER_ANSWERS, () -> plan.intend(Consent.to(plan)));
            assertThat(there.calls()).isPositive();
            assertThat(member.resolve("INTENT")).doesNotExist();
        }
        Path file = plan.intend(Consent.to(plan));
        try (HangsUp there = new HangsUp(port, loopback)) {
            refused(Reason.MEMBER_ANSWERS, () -> carryOut(member));
            assertThat(there.calls()).isPositive();
        }
        assertThat(epoch(member)).isEqualTo(1);
        assertThat(file).exists();
        carryOut(member);
        assertThat(epoch(member)).isEqualTo(2);
    }

    /** Takes no connection for longer than a moment, as whoever speaks another protocol. */
    private static final class HangsUp implements AutoCloseable {
        private final ServerSocket socket;
        private final AtomicInteger calls = new AtomicInteger();
        private final Thread thread = new Thread(this::run, "hangs-up");

        HangsUp(int port, InetAddress at) throws IOException {
            socket = new ServerSocket(port, 50, at);
            thread.start();
        }

        private void run() {
            try {
                while (true) {
                    socket.accept().close();
                    calls.incrementAndGet();
                }
            } catch (IOException e) {
                // Closed.
            }
        }

        int calls() {
            return calls.get();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                .isEqualTo(reason));
    }
}
