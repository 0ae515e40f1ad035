package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CheckpointStatus;
import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.Health;
import io.metastore.api.Progress;
import io.metastore.api.Revision;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A member that the journals of the others do not reach back to gets an image, while writes go on. */
class ImageShippingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** So small that a few hundred writes leave a purged journal behind. */
    private static final CheckpointPolicy POLICY = CheckpointPolicy.defaults().toBuilder()
            .entries(100)
            .journalFileBytes(1 << 20)
            .laggardEntries(200)
            .build();

    private static final String VALUE = "v".repeat(20_000);

    private final Queue<Progress> received = new ConcurrentLinkedQueue<>();

    /** Runs on the thread that receives, once something has come. */
    private final AtomicReference<Runnable> onFirstPiece = new AtomicReference<>(() -> {});

    private TestCluster.Builder cluster(CheckpointPolicy policy) {
        return TestCluster.builder().patience(PATIENCE).configure(builder -> builder.checkpoints(policy)
                .progress(progress -> {
                    if (progress.operation() == Progress.Operation.RECEIVE_IMAGE) {
                        received.add(progress);
                        if (progress.done() > 0) {
                            onFirstPiece.getAndSet(() -> {}).run();
                        }
                    }
                }));
    }

    /** Writes until the journal of the leader begins behind the position. */
    private static Revision writeUntilPurged(TestCluster cluster, long position) {
        TestMember leader = cluster.leader();
        Revision last = Revision.NONE;
        for (int i = 0; leader.store().checkpoints().status().journalFirst() <= position + 1; i++) {
            assertThat(i).as("writes until the journal is purged").isLessThan(20_000);
            last = leader.table(NOTES).put("k" + i % 500, i + VALUE);
        }
        return last;
    }

    @ParameterizedTest
    @EnumSource(MetaStoreTest.Links.class)
    void aFollowerBehindThePurgedJournalGetsAnImageWhileWritesGoOn(MetaStoreTest.Links links) {
        try (TestCluster cluster = cluster(POLICY).links(links).start()) {
            // given
            cluster.leader().table(NOTES).put("first", "v");
            TestMember lost = cluster.anyFollower();
            long position = lost.probe().position().index();
            lost.kill();
            writeUntilPurged(cluster, position);
            // when
            AtomicLong written = new AtomicLong();
            Revision last;
            try (BackgroundWriter writer = BackgroundWriter.start(cluster.leader(), written)) {
                lost.restart();
                Awaitility.await().atMost(PATIENCE).until(() -> lost.store().checkpoints().list().stream()
                        .anyMatch(image -> image.provenance().startsWith("received from fe")));
                long before = written.get();
                Awaitility.await().atMost(PATIENCE).until(() -> written.get() > before + 10);
                last = writer.stop();
            }
            // then
            cluster.awaitApplied(last);
            cluster.assertConverged();
            assertThat(lost.table(NOTES).get("first")).contains("v");
            assertThat(received).last().extracting(Progress::outcome).isEqualTo(Progress.Outcome.DONE);
            // and it goes on by itself
            lost.kill().restart();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("last", "v"));
            cluster.assertConverged();
        }
    }

    /** An old one would leave it to replay what the others have forgotten to make an image of. */
    @Test
    void whoSendsMakesANewerImageWhenItsNewestIsOld() {
        CheckpointPolicy byHand =
                POLICY.toBuilder().entries(1_000_000).replayEntries(100).build();
        try (TestCluster cluster = cluster(byHand).start()) {
            // given
            cluster.awaitApplied(cluster.leader().table(NOTES).put("first", "v"));
            TestMember lost = cluster.anyFollower();
            long position = lost.probe().position().index();
            lost.kill();
            TestMember leader = cluster.leader();
            while (leader.store().checkpoints().status().journalFirst() <= position + 1) {
                put(leader, 100);
                for (TestMember member : cluster.running()) {
                    member.store().checkpoints().create();
                }
            }
            Revision last = put(leader, 60);
            cluster.awaitApplied(last);
            long newest = cluster.running().stream()
                    .mapToLong(member -> member.store()
                            .checkpoints()
                            .list()
                            .get(0)
                            .position()
                            .index())
                    .max()
                    .orElseThrow();
            // when
            lost.restart();
            cluster.awaitApplied(last);
            // then
            assertThat(lost.store().checkpoints().list().get(0).position().index())
                    .isGreaterThan(newest);
            assertThat(lost.store().checkpoints().list().get(0).provenance()).startsWith("received from fe");
            cluster.assertConverged();
        }
    }

    private static Revision put(TestMember leader, int count) {
        Revision last = Revision.NONE;
        for (int i = 0; i < count; i++) {
            last = leader.table(NOTES).put("k" + i, i + VALUE);
        }
        return last;
    }

    /** Incident I27: nobody noticed for a week that a member could not be sent images, and the journals grew. */
    @Test
    void aMemberThatCannotTakeAnImageIsNamedWithTheReasonAndTheOthersGoOnPurging() {
        AtomicReference<CheckpointPolicy> policy = new AtomicReference<>(POLICY);
        try (TestCluster cluster = TestCluster.builder()
                .patience(PATIENCE)
                .configure(builder -> builder.checkpoints(policy.get()))
                .start()) {
            // given
            cluster.awaitApplied(cluster.leader().table(NOTES).put("first", "v"));
            TestMember full = cluster.anyFollower();
            long position = full.probe().position().index();
            full.kill();
            writeUntilPurged(cluster, position);
            // when: no disk is large enough
            policy.set(POLICY.toBuilder().freeBytesMin(Long.MAX_VALUE / 2).build());
            full.restart();
            // then
            TestMember leader = cluster.leader();
            Awaitility.await().atMost(PATIENCE).until(() -> finding(leader, "MEMBER_LACKS_IMAGE")
                    .contains("member=" + full.name()));
            assertThat(finding(leader, "MEMBER_LACKS_IMAGE")).contains("space");
            assertThat(finding(full, "IMAGE_NOT_RECEIVED")).contains("space");
            // and they do not keep what it will not use
            long first = leader.store().checkpoints().status().journalFirst();
            Revision last = writeUntilPurged(cluster, first);
            assertThat(leader.store().checkpoints().status().journalFirst()).isGreaterThan(first);
            // when it has room
            policy.set(POLICY);
            full.kill().restart();
            cluster.awaitApplied(last);
            cluster.assertConverged();
            Awaitility.await().atMost(PATIENCE).until(() -> finding(leader, "MEMBER_LACKS_IMAGE")
                    .isEmpty());
            assertThat(finding(full, "IMAGE_NOT_RECEIVED")).isEmpty();
        }
    }

    private static String finding(TestMember member, String code) {
        return member.store().health().findings().stream()
                .filter(finding -> finding.code().equals(code))
                .map(Health.Finding::text)
                .collect(Collectors.joining());
    }

    @Test
    void anObserverBehindThePurgedJournalGetsAnImageAndStaysAnObserver() {
        try (TestCluster cluster = cluster(POLICY).voters(1).observers(1).start()) {
            TestMember observer = cluster.observers().get(0);
            cluster.awaitApplied(cluster.leader().table(NOTES).put("first", "v"));
            long position = observer.probe().position().index();
            observer.stop();
            Revision last = writeUntilPurged(cluster, position);
            TestMember leader = cluster.leader();
            AtomicReference<String> sending = new AtomicReference<>("");
            onFirstPiece.set(() -> sending.set(finding(leader, "SENDING_IMAGE")));
            observer.restart();
            cluster.awaitApplied(last);
            cluster.assertConverged();
            assertThat(observer.table(NOTES).get("first")).contains("v");
            assertThat(cluster.leader().store().status().toTable()).containsPattern("OBSERVER +yes");
            assertThat(sending.get())
                    .as("what the sender says meanwhile")
                    .containsPattern("to=" + observer.name() + " image=[0-9]+ sent=[1-9][0-9]* of=[1-9][0-9]*");
        }
    }

    /** A handler that does not return at one member: its state stays behind while it answers the others. */
    private static CommandType<String, String> stuckAt(String member, CountDownLatch release) {
        return CommandType.of("stuck", Codecs.utf8(), Codecs.utf8(), (context, argument) -> {
            if (Thread.currentThread().getName().startsWith(member + "@")) {
                awaitUninterrupted(release);
            }
            return argument;
        });
    }

    private static void awaitUninterrupted(CountDownLatch release) {
        try {
            assertThat(release.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theJournalIsKeptForALiveMemberThatIsBehindAndItIsNamed() {
        CheckpointPolicy generous = POLICY.toBuilder().laggardEntries(1_000_000).build();
        CountDownLatch release = new CountDownLatch(1);
        CommandType<String, String> stuck = stuckAt("fe3", release);
        try (TestCluster cluster = TestCluster.builder()
                .patience(PATIENCE)
                .configure(builder -> builder.checkpoints(generous).commands(stuck))
                .start()) {
            TestMember slow = cluster.member("fe3");
            if (cluster.leader() == slow) {
                slow.stop().restart();
            }
            TestMember leader = cluster.leader();
            try {
                leader.store().execute(stuck, "x");
                long position = slow.probe().position().index();
                for (int i = 0; i < 600; i++) {
                    leader.table(NOTES).put("k" + i % 300, i + VALUE);
                }
                // One that has not answered lately, on a busy machine, is held for by nobody.
                Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                    CheckpointStatus status = leader.store().checkpoints().status();
                    assertThat(status.images()).isEqualTo(2);
                    assertThat(status.journalHeld()).isNotNull();
                    assertThat(status.journalHeld().member()).isEqualTo("fe3");
                    assertThat(status.journalHeld().entries()).isPositive();
                    assertThat(leader.store().health().findings())
                            .anySatisfy(finding -> assertThat(finding.code() + finding.text())
                                    .contains("JOURNAL_HELD")
                                    .contains("fe3"));
                });
                assertThat(leader.store().checkpoints().status().journalFirst()).isLessThanOrEqualTo(position + 1);
            } finally {
                release.countDown();
            }
            cluster.awaitApplied(leader.store().revision());
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> leader.store().checkpoints().status().journalFirst() > 0);
            cluster.assertConverged();
        }
    }

    /**
     * A transfer may take longer than the others take to make two images. What comes behind the image is kept meanwhile, else the member would need another one when it
     * has this one, again and again. The sender, which keeps its journal for what it sends, is not the leader here.
     */
    @Test
    void theJournalBehindAnImageThatIsOnItsWayIsKept() throws InterruptedException {
        CheckpointPolicy byHand =
                POLICY.toBuilder().entries(1_000_000).laggardEntries(120).build();
        CountDownLatch over = new CountDownLatch(1);
        try (TestCluster cluster = cluster(byHand).voters(2).observers(1).start()) {
            // given: an observer that is further behind than is granted, and a follower with the newest image
            TestMember leader = cluster.leader();
            TestMember sender = cluster.anyFollower();
            TestMember observer = cluster.observers().get(0);
            cluster.awaitApplied(leader.table(NOTES).put("first", "v"));
            long position = observer.probe().position().index();
            observer.kill();
            makeImages(cluster, 150);
            makeImages(cluster, 1);
            Awaitility.await().atMost(PATIENCE).until(() -> cluster.running().stream()
                    .allMatch(member -> member.store().checkpoints().status().journalFirst() > position + 1));
            sender.store().awaitRevision(leader.table(NOTES).put("more", "v"), PATIENCE);
            long image = sender.store().checkpoints().create().position().index();
            CountDownLatch begun = new CountDownLatch(1);
            onFirstPiece.set(() -> {
                begun.countDown();
                awaitUninterrupted(over);
            });
            observer.restart();
            assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(leader.store().status().toTable()).as("asks all, now").contains(observer.name());
            // when
            makeImages(cluster, 100);
            Revision last = makeImages(cluster, 1);
            // then
            Awaitility.await().atMost(PATIENCE).until(() -> finding(leader, "JOURNAL_HELD")
                    .contains("member=" + observer.name()));
            assertThat(leader.store().checkpoints().status().journalFirst()).isLessThanOrEqualTo(image + 1);
            over.countDown();
            cluster.awaitApplied(last);
            cluster.assertConverged();
            assertThat(received).anyMatch(progress -> progress.step()
                    .equals("receiving image." + image + " from " + sender.name()));
            assertThat(received)
                    .as("images that were needed")
                    .filteredOn(progress -> progress.outcome() != null)
                    .extracting(Progress::outcome)
                    .containsExactly(Progress.Outcome.DONE);
            // and then it is purged again
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> leader.store().checkpoints().status().journalFirst() > image + 1);
        } finally {
            over.countDown();
        }
    }

    /** At all members that run, of so many writes more. */
    private static Revision makeImages(TestCluster cluster, int writes) {
        Revision last = Revision.NONE;
        for (int i = 0; i < writes; i++) {
            last = cluster.leader().table(NOTES).put("k" + i, i + VALUE);
        }
        for (TestMember member : cluster.running()) {
            if (!member.isObserver()) {
                member.store().awaitRevision(last, PATIENCE);
                member.store().checkpoints().create();
            }
        }
        return last;
    }

    @Test
    void allMembersRestartOnPurgedJournals() {
        try (TestCluster cluster = cluster(POLICY).start()) {
            Revision last = writeUntilPurged(cluster, 200);
            cluster.awaitApplied(last);
            cluster.members().forEach(TestMember::kill);
            cluster.restart(cluster.members());
            cluster.awaitApplied(last);
            cluster.awaitApplied(cluster.leader().table(NOTES).put("more", "v"));
            cluster.assertConverged();
        }
    }
}
