package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.metastore.api.MetaStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.EventType;

/** What users of {@link MetaStoreTest} get, seen from outside: the sample classes below are run as tests and watched. */
class MetaStoreExtensionTest {

    /** The clusters that samples were given, in the order in which they told. */
    private static final Queue<TestCluster> GIVEN = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void forget() {
        GIVEN.clear();
    }

    @AfterEach
    void deleteWhatWasKept() {
        GIVEN.forEach(cluster -> TestMember.delete(cluster.root()));
    }

    private static EngineExecutionResults run(Class<?> sample) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(sample))
                .execute();
    }

    private static List<String> told(EngineExecutionResults results) {
        return results.allEvents().stream()
                .filter(event -> event.getType() == EventType.REPORTING_ENTRY_PUBLISHED)
                .map(event -> event.getRequiredPayload(ReportEntry.class)
                        .getKeyValuePairs()
                        .get("cluster"))
                .toList();
    }

    /** The cluster and the members are gone; the directories are there or not. */
    private static void assertPutAway(TestCluster cluster, boolean kept) {
        assertThat(cluster.running()).isEmpty();
        assertThat(cluster.root().toFile().exists()).as("directories were kept").isEqualTo(kept);
    }

    @MetaStoreTest(voters = 1, seed = 4711)
    static class Passing {
        @Test
        void passes(TestCluster cluster, MetaStore store) {
            GIVEN.add(cluster);
            assertThat(store).isSameAs(cluster.leader().store());
        }
    }

    @Test
    void aTestThatPassedLeavesNothingAndSaysNothing() {
        EngineExecutionResults results = run(Passing.class);
        results.testEvents()
                .assertStatistics(statistics -> statistics.succeeded(1).failed(0));
        assertThat(told(results)).isEmpty();
        assertPutAway(GIVEN.element(), false);
    }

    @MetaStoreTest(voters = 1, observers = 1, seed = 4711)
    static class Failing {
        @Test
        void fails(TestCluster cluster) {
            GIVEN.add(cluster);
            throw new IllegalStateException("as planned");
        }
    }

    @Test
    void aTestThatFailedTellsTheStatusOfTheMembersTheSeedAndWhereTheDirectoriesAreKept() {
        EngineExecutionResults results = run(Failing.class);
        results.testEvents().assertStatistics(statistics -> statistics.failed(1));
        Path root = GIVEN.element().root();
        assertThat(told(results))
                .singleElement()
                .asString()
                .contains("NAME", "ROLE", "FINGERPRINT")
                .contains("LEADER", "OBSERVER")
                .contains("seed=4711")
                .contains("directories=" + root);
        assertPutAway(GIVEN.element(), true);
        assertThat(root.resolve("fe1").resolve("VERSION")).exists();
        assertThat(root.resolve("fe2").resolve("VERSION")).exists();
    }

    @MetaStoreTest(voters = 1, observers = 1)
    static class ClosedBehindItsBack {
        @Test
        void fails(TestCluster cluster) {
            GIVEN.add(cluster);
            cluster.member("fe1").store().close(); // Its status throws from now on.
            throw new IllegalStateException("as planned");
        }
    }

    @Test
    void aMemberThatCannotTellItsStatusDoesNotKeepTheOthersFromBeingClosed() {
        EngineExecutionResults results = run(ClosedBehindItsBack.class);
        assertThat(failure(results)).isInstanceOf(IllegalStateException.class).hasMessage("as planned");
        assertThat(told(results))
                .singleElement()
                .asString()
                .contains("cannot tell")
                .contains("MemberProbe[name=fe2")
                .contains("directories=" + GIVEN.element().root());
        assertPutAway(GIVEN.element(), true);
    }

    private static Throwable failure(EngineExecutionResults results) {
        return results.testEvents().failed().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .flatMap(result -> result.getThrowable().stream())
                .findFirst()
                .orElseThrow();
    }

    @MetaStoreTest(voters = 1)
    static class SharedByAClass {
        @BeforeAll
        static void fill(TestCluster cluster) {
            GIVEN.add(cluster);
            cluster.leader().table(NOTES).put("k", "v");
        }

        @RepeatedTest(2)
        void reads(TestCluster cluster) {
            GIVEN.add(cluster);
            assertThat(cluster.leader().table(NOTES).get("k")).contains("v");
        }
    }

    @Test
    void aClusterThatBeforeAllAskedForServesTheClassAndIsClosedAfterIt() {
        run(SharedByAClass.class)
                .testEvents()
                .assertStatistics(statistics -> statistics.succeeded(2).failed(0));
        assertThat(GIVEN).hasSize(3);
        assertThat(GIVEN.stream().distinct()).hasSize(1);
        assertPutAway(GIVEN.element(), false);
    }

    @MetaStoreTest(voters = 1)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class SharedByOneInstance {
        SharedByOneInstance(TestCluster cluster) {
            GIVEN.add(cluster);
        }

        @Test
        void fails() {
            throw new IllegalStateException("as planned");
        }
    }

    @Test
    void aClusterThatAnInstanceForTheClassAskedForIsToldAboutAndClosedToo() {
        EngineExecutionResults results = run(SharedByOneInstance.class);
        assertThat(told(results)).singleElement().asString().contains("LEADER", "seed=", "directories=");
        assertPutAway(GIVEN.element(), true);
    }

    @MetaStoreTest(voters = 1)
    static class AskedByConstructors {
        private final TestCluster own;

        AskedByConstructors(TestCluster cluster) {
            own = cluster;
            GIVEN.add(cluster);
        }

        @RepeatedTest(2)
        void shares(TestCluster cluster) {
            assertThat(cluster).isSameAs(own);
            assertThat(cluster.running()).hasSize(1);
        }
    }

    @Test
    void eachInstanceSharesTheClusterOfItsMethod() {
        run(AskedByConstructors.class)
                .testEvents()
                .assertStatistics(statistics -> statistics.succeeded(2).failed(0));
        assertThat(GIVEN.stream().distinct()).hasSize(2);
        GIVEN.forEach(cluster -> assertPutAway(cluster, false));
    }

    @MetaStoreTest(voters = 1)
    static class UnableToBegin {
        UnableToBegin(TestCluster cluster) {
            GIVEN.add(cluster);
            throw new IllegalStateException("as planned");
        }

        @Test
        void isNeverReached() {}
    }

    @Test
    void aClusterWhoseTestCouldNotBeginIsClosed() {
        run(UnableToBegin.class).testEvents().assertStatistics(statistics -> statistics.failed(1));
        assertPutAway(GIVEN.element(), false);
    }

    private static final int AT_ONCE = 4;

    /** So many are sure to meet: a worker may keep what it has forked and not begun to itself, so one of them may come when the others have gone. */
    private static final int MEETING = 2;

    /** Each waits until so many are in the middle of their test; fails when they are not run at once. */
    private static CountDownLatch middle = new CountDownLatch(MEETING);

    private static void writeWhileOthersDo(TestCluster cluster, String what) throws Exception {
        GIVEN.add(cluster);
        cluster.leader().table(NOTES).put("k", what);
        middle.countDown();
        assertThat(middle.await(60, TimeUnit.SECONDS)).as("another runs too").isTrue();
        assertThat(cluster.anyFollower().table(NOTES).get("k")).contains(what);
        cluster.assertConverged();
    }

    @MetaStoreTest
    static class AtOnce {
        @RepeatedTest(AT_ONCE)
        void ofSeveral(TestCluster cluster) throws Exception {
            writeWhileOthersDo(cluster, cluster.root().toString());
        }
    }

    @MetaStoreTest(voters = 2, links = MetaStoreTest.Links.GRPC)
    static class AtOnceOverGrpc {
        @RepeatedTest(AT_ONCE)
        void ofSeveral(TestCluster cluster) throws Exception {
            writeWhileOthersDo(cluster, cluster.root().toString());
        }
    }

    @Test
    void clustersOfTestsThatRunAtOnceShareNothing() {
        assertRunsAtOnce(AtOnce.class);
    }

    @Test
    void clustersOverGrpcThatRunAtOnceShareNoPort() {
        assertRunsAtOnce(AtOnceOverGrpc.class);
    }

    private static void assertRunsAtOnce(Class<?> sample) {
        middle = new CountDownLatch(MEETING);
        EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(sample))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "" + 2 * AT_ONCE)
                .execute();
        assertThat(results.testEvents().failed().stream()
                        .map(event -> event.getRequiredPayload(TestExecutionResult.class)
                                .getThrowable()))
                .isEmpty();
        results.testEvents()
                .assertStatistics(statistics -> statistics.succeeded(AT_ONCE).failed(0));
        assertThat(GIVEN.stream().map(TestCluster::root))
                .doesNotHaveDuplicates()
                .hasSize(AT_ONCE);
        assertThat(GIVEN.stream().flatMap(cluster -> cluster.members().stream()).map(TestMember::address))
                .doesNotHaveDuplicates();
        GIVEN.forEach(cluster -> assertPutAway(cluster, false));
    }
}
