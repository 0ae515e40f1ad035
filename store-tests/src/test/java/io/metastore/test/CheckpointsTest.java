package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CheckpointStatus.ApplyCost;
import io.metastore.api.Checkpoints.Audited;
import io.metastore.api.CorruptStateException;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.OperationType;
import io.metastore.api.Progress;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a user does with the images of one member. */
class CheckpointsTest extends MemberWithImages {

    @Test
    void anImageSaysWhatTheStateWasAndIsTheNewestOfTheList() {
        write(0, 10);
        Image first = store.checkpoints().create();
        assertThat(first.position()).isEqualTo(MemberProbe.of(store).position());
        assertThat(first.revision()).isEqualTo(store.revision());
        assertThat(first.fingerprint()).isEqualTo(MemberProbe.of(store).fingerprint());
        assertThat(first.provenance()).isEqualTo("checkpoint of single");
        assertThat(first.bytes()).isPositive();
        write(10, 20);
        Image second = store.checkpoints().create();
        assertThat(store.checkpoints().list()).containsExactly(second, first);
        assertThat(second.revision()).isGreaterThan(first.revision());
        assertThat(store.checkpoints().create()).as("nothing was written since").isEqualTo(second);
        assertThat(epoch().resolve("image").resolve(second.name())).isDirectory();
    }

    @Test
    void onlyTheNewestAreKept() {
        for (int i = 0; i < 5; i++) {
            write(i, i + 1);
            store.checkpoints().create();
        }
        assertThat(store.checkpoints().list()).hasSize(2);
        assertThat(store.checkpoints().status().made()).isEqualTo(5);
        assertThat(store.checkpoints().status().images()).isEqualTo(2);
        assertThat(store.checkpoints().status().entriesSince()).isZero();
        assertThat(epoch().resolve("image").toFile().list()).hasSize(2);
    }

    @Test
    void anEmptyStoreStartsFromItsImageAfterItsStateWasLost() throws IOException {
        write(0, 100);
        store.checkpoints().create();
        write(100, 120);
        Revision revision = store.revision();
        String fingerprint = MemberProbe.of(store).fingerprint();
        store.close();
        TestMember.delete(epoch().resolve("state"));
        store = configure(MetaStore.builder(directory)).open();
        assertThat(store.revision()).isEqualTo(revision);
        assertThat(MemberProbe.of(store).fingerprint()).isEqualTo(fingerprint);
        assertThat(MemberProbe.recomputeFingerprint(store)).isEqualTo(fingerprint);
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(120);
        write(120, 130);
        reopen();
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(130);
    }

    @Test
    void aSoundImageIsVerifiedAndADamagedOneIsNamed() throws IOException {
        write(0, 1000);
        Image image = store.checkpoints().create();
        assertThat(store.checkpoints().verify(image).records()).isEqualTo(1000);
        Path damaged = damage(image);
        assertThatThrownBy(() -> store.checkpoints().verify(image))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining(damaged.getFileName().toString());
    }

    @Test
    void anImageThatWasFoundDamagedNeverCountsAgainAndGoesWhenTwoNewerOnesAreThere() throws IOException {
        write(0, 100);
        Image old = store.checkpoints().create();
        write(100, 200);
        Image image = store.checkpoints().create();
        damage(image);
        assertThatThrownBy(() -> store.checkpoints().verify(image)).isInstanceOf(CorruptStateException.class);
        for (int opened = 0; opened < 2; opened++) {
            assertThat(store.checkpoints().list()).containsExactly(old);
            assertThat(store.health().findings()).anySatisfy(finding -> assertThat(finding.code() + finding.text())
                    .contains("IMAGE_UNSOUND")
                    .contains(image.name()));
            reopen();
        }
        write(200, 300);
        Image next = store.checkpoints().create();
        assertThat(store.checkpoints().list()).as("two are kept besides it").containsExactly(next, old);
        assertThat(epoch().resolve("image").resolve(image.name())).exists();
        write(300, 400);
        Image last = store.checkpoints().create();
        assertThat(store.checkpoints().list()).containsExactly(last, next);
        assertThat(epoch().resolve("image").toFile().list()).containsExactlyInAnyOrder(last.name(), next.name());
        assertThat(store.health().findings()).isEmpty();
    }

    @Test
    void aDamagedImageIsReplacedUnderTheRunningStore() throws IOException {
        write(0, 100);
        store.checkpoints().create();
        write(100, 200);
        Image image = store.checkpoints().create();
        damage(image);
        Image better = store.checkpoints().replace(image);
        store.checkpoints().verify(better);
        assertThat(store.checkpoints().list().get(0)).isEqualTo(better);
        for (Image each : store.checkpoints().list()) {
            store.checkpoints().verify(each);
        }
    }

    @Test
    void aLongReplayAtAnOpeningIsFollowedByAnImage() {
        write(0, 30);
        long written = MemberProbe.of(store).position().index();
        MemberProbe.kill(store);
        assertThat(epoch().resolve("image")).isEmptyDirectory();
        store = configure(MetaStore.builder(directory))
                .checkpoints(CheckpointPolicy.defaults().toBuilder()
                        .replayEntries(30)
                        .build())
                .open();
        Awaitility.await().until(() -> !store.checkpoints().list().isEmpty());
        assertThat(store.checkpoints().list().get(0).position().index()).isGreaterThanOrEqualTo(written);
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(30);
    }

    @Test
    void anAuditAgreesWithWhatWasReallyWritten() {
        write(0, 50);
        store.checkpoints().create();
        write(50, 150);
        Audited audited = store.checkpoints().audit();
        assertThat(audited.agrees()).as(audited.difference()).isTrue();
        assertThat(audited.entries()).isGreaterThanOrEqualTo(100);
        assertThat(audited.position()).isEqualTo(MemberProbe.of(store).position());
    }

    @Test
    void withoutAnImageThereIsNothingToAuditWith() {
        write(0, 5);
        assertThatThrownBy(() -> store.checkpoints().audit()).isInstanceOf(CheckpointFailedException.class);
    }

    @Test
    void longWorkTellsHowFarItHasComeAndHowItEnded() {
        write(0, 100);
        Image image = store.checkpoints().create();
        store.checkpoints().verify(image);
        store.checkpoints().audit();
        Path file = directory.resolveSibling("export.zip");
        store.checkpoints().exportTo(image, file);
        try (MetaStore imported = MetaStore.builder(directory.resolveSibling("imported"))
                .importFrom(file)
                .progress(progress::add)
                .open()) {
            assertThat(imported.revision()).isEqualTo(image.revision());
        }
        for (Progress.Operation operation : List.of(
                Progress.Operation.CHECKPOINT,
                Progress.Operation.VERIFY,
                Progress.Operation.AUDIT,
                Progress.Operation.EXPORT,
                Progress.Operation.IMPORT)) {
            assertThat(progress.stream().filter(each -> each.operation() == operation))
                    .as("%s", operation)
                    .isNotEmpty()
                    .allMatch(each -> !each.step().isBlank())
                    .last()
                    .extracting(Progress::outcome)
                    .isEqualTo(Progress.Outcome.DONE);
            assertThat(progress.stream().filter(each -> each.operation() == operation))
                    .as("%s", operation)
                    .anyMatch(each -> each.done() > 0 && (each.done() == each.total() || each.total() < 0));
        }
    }

    @Test
    void anOpeningTellsHowFarItsReplayHasCome() {
        write(0, 100);
        MemberProbe.kill(store); // Nothing was flushed.
        progress.clear();
        store = configure(MetaStore.builder(directory)).open();
        List<Progress> replay = progress.stream()
                .filter(each -> each.operation() == Progress.Operation.OPEN)
                .filter(each -> each.step().equals("replaying the journal"))
                .toList();
        assertThat(replay.get(0).total()).isGreaterThanOrEqualTo(100);
        assertThat(replay.get(0).unit()).isEqualTo(Progress.Unit.ENTRIES);
        assertThat(replay).last().satisfies(end -> {
            assertThat(end.outcome()).isEqualTo(Progress.Outcome.DONE);
            assertThat(end.done()).isEqualTo(end.total());
        });
        progress.clear();
        reopen();
        assertThat(progress).as("nothing to replay").noneMatch(each -> each.step()
                .equals("replaying the journal"));
    }

    @Test
    void anAuditRunsByItselfWhenThePolicySaysSo() {
        store.close();
        progress.clear();
        store = configure(MetaStore.builder(directory))
                .checkpoints(CheckpointPolicy.defaults().toBuilder()
                        .auditEvery(Duration.ofSeconds(1))
                        .build())
                .open();
        write(0, 10);
        store.checkpoints().create();
        Awaitility.await().atMost(PATIENCE).until(() -> progress.stream()
                .anyMatch(each -> each.operation() == Progress.Operation.AUDIT && each.outcome() != null));
        assertThat(progress.stream().filter(each -> each.operation() == Progress.Operation.AUDIT))
                .last()
                .extracting(Progress::outcome)
                .isEqualTo(Progress.Outcome.DONE);
        assertThat(store.health().findings()).isEmpty();
        assertThat(store.cluster().operations())
                .as("nobody asked for it")
                .noneMatch(job -> job.type() == OperationType.AUDIT);
    }

    /** Writers that wait for each other's fsyncs leave the apply thread idle most of the time, so this says nothing of figures; only that entries are counted and none stood still. */
    @Test
    void whatACheckpointCostsTheApplyThreadIsMeasuredWhileEntriesAreApplied() {
        assertThat(store.checkpoints().status().applyCost())
                .as("before the first")
                .isNull();
        write(0, 1);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> writing = CompletableFuture.supplyAsync(() -> {
            int next = 1;
            while (!over.get()) {
                write(next, next + 1);
                next++;
            }
            return next;
        });
        long counted = 0;
        for (int made = 0; counted == 0; made++) {
            assertThat(made).as("checkpoints during which nothing was applied").isLessThan(100);
            store.checkpoints().create();
            counted = store.checkpoints().status().applyCost().entries();
        }
        ApplyCost cost = store.checkpoints().status().applyCost();
        over.set(true);
        assertThat(result(writing)).isGreaterThan(1);
        assertThat(cost.longest()).isPositive().isLessThanOrEqualTo(cost.took());
        assertThat(cost.took()).isLessThanOrEqualTo(cost.longest().multipliedBy(cost.entries()));
        assertThat(cost.held()).isLessThan(cost.took());
    }

    @Test
    void imagesAreMadeByThemselvesWhenThePolicySaysSo() {
        store.close();
        store = MetaStore.builder(directory)
                .checkpoints(CheckpointPolicy.defaults().toBuilder().entries(50).build())
                .open();
        write(0, 120);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> store.checkpoints().status().made() >= 1);
        assertThat(store.health().findings()).isEmpty();
        assertThat(store.status().members().get(0).image())
                .isEqualTo(store.checkpoints().list().get(0).position().index());
        assertThat(store.status().members().get(0).imageAge()).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void withoutDiskSpaceNothingIsPublishedAndHealthSaysWhy() {
        write(0, 10);
        store.close();
        store = MetaStore.builder(directory)
                .checkpoints(CheckpointPolicy.defaults().toBuilder()
                        .freeBytesMin(Long.MAX_VALUE / 2)
                        .build())
                .open();
        write(10, 20);
        assertThatThrownBy(() -> store.checkpoints().create())
                .isInstanceOf(CheckpointFailedException.class)
                .hasMessageContaining("freeBytesMin");
        assertThat(store.checkpoints().list()).isEmpty();
        assertThat(store.health().findings())
                .anySatisfy(finding -> assertThat(finding.code()).isEqualTo("CHECKPOINT_FAILED"));
        write(20, 30);
    }
}
