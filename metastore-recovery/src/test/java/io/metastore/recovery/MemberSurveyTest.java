package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MetaStore;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.Revision;
import io.metastore.api.Secret;
import io.metastore.api.TableDef;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Finding;
import io.metastore.test.MetaStoreTest;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members of other processes are asked over the network; whoever asks has none of their directories. */
class MemberSurveyTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Secret TOKEN = Secret.of("token of tests");
    private static final Duration SOON = Duration.ofMillis(700);

    @TempDir
    Path temporary;

    private static TestCluster start(int voters, MetaStoreTest.Links links) {
        return TestCluster.builder()
                .voters(voters)
                .links(links)
                .configure(builder -> builder.clusterToken(TOKEN))
                .start();
    }

    private static Revision load(MetaStore store, int from, int to) {
        Revision last = null;
        for (int i = from; i < to; i++) {
            last = store.table(NOTES).put("k" + i, "value " + i);
        }
        return last;
    }

    private static SurveyedCopy ask(Source source) {
        return Recovery.of(source).survey().copies().get(0);
    }

    @Test
    void memberSaysWhatItsDirectoryWould() {
        try (TestCluster cluster = start(3, MetaStoreTest.Links.GRPC)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 20));
            surveyBesideTheWriter(cluster.leader());
            TestMember survivor = cluster.anyFollower();
            List<TestMember> lost =
                    cluster.members().stream().filter(each -> each != survivor).toList();
            lost.forEach(TestMember::kill);
            Source.Member asked = Source.member(survivor.address(), TOKEN).labelled("fe of another host");
            Survey survey = Recovery.of(
                            asked, Source.directory(lost.get(0).directory()).labelled("disk"))
                    .survey();

            SurveyedCopy member = survey.copies().get(0);
            assertThat(member.origin())
                    .isEqualTo(new CopyOrigin(
                            CopyOrigin.Kind.MEMBER,
                            survivor.directory(),
                            "fe of another host",
                            java.util.Optional.of(survivor.address())));
            SurveyedCopy directory = ask(Source.directory(survivor.directory()));
            assertThat(member.findings()).isEmpty();
            assertThat(member.journal()).isEqualTo(directory.journal());
            assertThat(member.journal().entries()).isGreaterThan(20);
            assertThat(member.journal().terms()).isNotEmpty();
            assertThat(member.identity()).isEqualTo(directory.identity());
            assertThat(member.memberships()).isEqualTo(directory.memberships()).isNotEmpty();
            assertThat(member.images()).isEqualTo(directory.images());
            assertThat(member.fingerprints()).isEqualTo(directory.fingerprints());
            assertThat(member.complete()).isTrue();
            assertThat(survey.diagnose().verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            assertThat(survey.toTable()).contains("fe of another host", survivor.name());
            // carried to a third host, without what it takes to reach anybody
            Path file = temporary.resolve("survey.json");
            survey.save(file);
            assertThat(Survey.load(file)).isEqualTo(survey.reaching(Access.OPEN));
            assertThat(Survey.load(file).reaching(Access.with(TOKEN))).isEqualTo(survey);
            refusesToDoWithoutOneThatAnswers(survivor, lost);
        }
    }

    /** What it had acknowledged before it was asked is in every answer. */
    private void surveyBesideTheWriter(TestMember leader) {
        AtomicBoolean end = new AtomicBoolean();
        AtomicReference<Revision> last = new AtomicReference<>(load(leader.store(), 0, 1));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; !end.get(); i++) {
                    last.set(load(leader.store(), i, i + 1));
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        writer.start();
        try {
            List<Long> ends = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                long acknowledged = last.get().position().index();
                SurveyedCopy copy = ask(Source.member(leader.address(), TOKEN));
                assertThat(copy.complete()).as(copy.findings().toString()).isTrue();
                assertThat(copy.last().index()).isGreaterThanOrEqualTo(acknowledged);
                ends.add(copy.last().index());
            }
            assertThat(ends).isSorted();
            assertThat(ends.get(4)).as("it was written meanwhile").isGreaterThan(ends.get(0));
        } finally {
            end.set(true);
            join(writer);
        }
        assertThat(failure.get()).isNull();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void refusesToDoWithoutOneThatAnswers(TestMember survivor, List<TestMember> lost) {
        for (Secret token : List.of(TOKEN, Secret.of("another token"))) {
            Survey survey = Recovery.of(
                            Source.member(survivor.address(), token).labelled("there"),
                            Source.directory(lost.get(0).directory()),
                            Source.directory(lost.get(1).directory()))
                    .survey();
            boolean right = token.equals(TOKEN);
            assertThat(survey.copies().get(0).findings()).hasSize(right ? 0 : 1);
            if (!right) {
                Finding refused = survey.copies().get(0).findings().get(0);
                assertThat(refused.kind()).isEqualTo(Finding.Kind.SILENT);
                assertThat(refused.what()).contains("answers, and refuses", "wrong or missing cluster token");
                refused(Reason.SOURCE_SILENT, survey::plan);
            }
            refused(Reason.MEMBER_ANSWERS, () -> survey.plan(PlanOptions.DEFAULT.skip("there")));
        }
    }

    @Test
    void oneThatDoesNotAnswerIsNotTakenForDead() throws Exception {
        try (TestCluster cluster = start(3, MetaStoreTest.Links.SIMULATED);
                ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 5));
            cluster.members().forEach(TestMember::stop);
            String slow = "127.0.0.1:" + mute.getLocalPort(); // Accepts and never says a word.
            String gone;
            try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                gone = "127.0.0.1:" + other.getLocalPort();
            }
            for (String address : List.of(slow, gone)) {
                long began = System.nanoTime();
                Survey survey = Recovery.of(
                                Source.directory(cluster.member("fe1").directory()),
                                Source.member(address, TOKEN).within(SOON).labelled("fe2"))
                        .survey();
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                if (address.equals(slow)) {
                    assertThat(took).isBetween(SOON, SOON.plusSeconds(10));
                }
                SurveyedCopy silent = survey.copies().get(1);
                assertThat(silent.findings()).hasSize(1);
                assertThat(silent.findings().get(0).kind()).isEqualTo(Finding.Kind.SILENT);
                assertThat(silent.findings().get(0).what()).contains("did not answer", address);
                assertThat(silent.complete()).isFalse();
                assertThat(survey.toTable()).contains("fe2", "did not answer");
                // fails closed, also after it was carried elsewhere
                refused(Reason.SOURCE_SILENT, survey::plan);
                survey.save(temporary.resolve("silent.json"));
                refused(Reason.SOURCE_SILENT, () -> Survey.load(temporary.resolve("silent.json"))
                        .plan());
                // somebody says that it is gone: what may be lost is said
                RecoveryPlan plan = survey.plan(PlanOptions.DEFAULT.skip("fe2"));
                assertThat(plan.verdict().kind()).isEqualTo(Verdict.Kind.UNBOUNDED);
                assertThat(plan.missing()).hasSize(2);
                assertThat(plan.risks()).anyMatch(risk -> risk.contains("source fe2 was skipped"));
            }
        }
    }

    @Test
    void membersOfAnotherClusterAreToldApart() {
        try (TestCluster one = start(1, MetaStoreTest.Links.GRPC);
                TestCluster other = start(1, MetaStoreTest.Links.SIMULATED)) {
            load(one.leader().store(), 0, 1);
            load(other.leader().store(), 0, 1);
            Survey survey = Recovery.of(
                            Source.member(one.member("fe1").address(), TOKEN),
                            Source.directory(other.member("fe1").directory()))
                    .survey();
            assertThatThrownBy(survey::diagnose)
                    .isInstanceOf(DirectoryMismatchException.class)
                    .hasMessageContaining("copies of several clusters");
        }
    }

    @Test
    void addressesAndAccessAreLookedAtBeforeAnythingIsAsked() {
        assertThatThrownBy(() -> Source.member("fe1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Source.member("fe1:9010").within(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Recovery.of(
                                Source.member("127.0.0.1:1").within(SOON),
                                Source.member("127.0.0.1:1", TOKEN).within(SOON))
                        .survey())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one token");
    }

    /** Whatever bytes come from there. */
    @Test
    void originSaysWhereAMemberWasAsked() {
        CopyContents contents = ask(Source.member("127.0.0.1:1").within(SOON)).contents();
        assertThat(contents.origin().address()).contains("127.0.0.1:1");
        assertThatThrownBy(() -> new CopyOrigin(CopyOrigin.Kind.MEMBER, Path.of(""), "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void refused(Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                .as(e.getMessage())
                .isEqualTo(reason));
    }
}
