package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.TableDef;
import io.metastore.raft.MemberProbe;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What two of three members that were killed have left, with an image and something behind it: to be recovered over and over, in copies.
 *
 * @param own directory of the one that goes on
 * @param other directory of the other
 * @param name of the one that goes on
 * @param address where it listened
 */
record TwoOfThree(Path own, Path other, String name, String address) {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final int WRITES = 30;

    /** Makes them below a directory. */
    static TwoOfThree killedIn(Path place) throws IOException {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember survivor = cluster.member("fe1");
            for (int i = 0; i < WRITES; i++) {
                cluster.awaitApplied(cluster.leader().table(NOTES).put("k" + i, "value " + i));
            }
            survivor.store().checkpoints().create();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("last", "value"));
            cluster.members().forEach(TestMember::kill);
            TwoOfThree left =
                    new TwoOfThree(place.resolve("own"), place.resolve("other"), survivor.name(), survivor.address());
            Trees.copy(survivor.directory(), left.own);
            Trees.copy(cluster.member("fe2").directory(), left.other);
            return left;
        }
    }

    TwoOfThree copiedTo(Path place) throws IOException {
        Files.createDirectories(place);
        TwoOfThree copy = new TwoOfThree(place.resolve("own"), place.resolve("other"), name, address);
        Trees.copy(own, copy.own);
        Trees.copy(other, copy.other);
        return copy;
    }

    RecoveryPlan plan() {
        return RecoveringProcess.plan(
                Source.directory(own).labelled("own"), Source.directory(other).labelled("other"));
    }

    /** A process that recovers them is killed; see {@link RecoveringProcess#killedAt}. */
    boolean killedAt(String step, Runnable before, Path temporary, String how) throws IOException {
        return RecoveringProcess.killedAt(
                step, before, temporary, how, name, address, own.toString(), other.toString());
    }

    /** A process that goes on with a recovery or takes it back is killed in the middle of a change; see {@link RecoveringProcess#goOnOrBack}. */
    boolean killedBefore(int change, Path temporary, String how) throws IOException {
        return RecoveringProcess.killedAt(
                RecoveringProcess.WAITS,
                temporary,
                how,
                name,
                address,
                own.toString(),
                other.toString(),
                String.valueOf(change));
    }

    /** Applies the plan as far as a step, at which it is cut off; all of it without one. */
    void applyUntil(String step) {
        RecoveryPlan plan = plan();
        try {
            plan.apply(Consent.to(plan), each -> {
                if (each.equals(step)) {
                    throw new IllegalStateException("as planned");
                }
            });
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("as planned");
        }
    }

    /** Takes it back, whatever of that was done before, and looks whether all is as it was. */
    void takeBack(BiConsumer<Path, Path> how) {
        try {
            how.accept(own, other);
        } catch (RecoveryRefusedException e) {
            assertThat(e.reason()).isEqualTo(RecoveryRefusedException.Reason.NOTHING_UNDER_WAY);
        }
        for (Path directory : List.of(own, other)) {
            assertThat(epoch(directory)).isEqualTo(1);
            assertThat(isUnderWay(directory)).isFalse();
        }
    }

    /** As the runbook says, when a recovery was cut off: resume it; when only the others were sealed yet, abort it and begin again. */
    void goOn() {
        if (epoch(own) > 1) {
            return;
        }
        if (isUnderWay(own)) {
            Recovery.resume(own);
            return;
        }
        if (isUnderWay(other)) {
            Recovery.abort(own, other);
        }
        RecoveryPlan plan = plan();
        plan.apply(Consent.to(plan));
    }

    /** The one that goes on is of a later epoch, has everything, and takes writes. */
    void check(String what) {
        long epoch = epoch(own);
        assertThat(epoch).as(what).isGreaterThan(1); // A number that was given up is not given again.
        MetaStore store = RecoveringProcess.open(own, name, address);
        try {
            assertThat(store.table(NOTES).put("after", what).epoch()).as(what).isEqualTo(epoch);
            for (int i = 0; i < WRITES; i++) {
                assertThat(store.table(NOTES).get("k" + i)).as(what).contains("value " + i);
            }
            assertThat(store.table(NOTES).get("last")).as(what).contains("value");
        } finally {
            MemberProbe.close(store);
        }
    }

    private static boolean isUnderWay(Path directory) {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), directory)) {
            return succession
                    .seal()
                    .filter(seal -> seal.forbids(succession.epoch()))
                    .isPresent();
        }
    }

    private static long epoch(Path directory) {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), directory)) {
            return succession.epoch();
        }
    }
}
