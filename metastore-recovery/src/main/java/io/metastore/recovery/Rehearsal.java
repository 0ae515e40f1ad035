package io.metastore.recovery;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.internal.reset.DirectoryClone;
import io.metastore.recovery.internal.reset.DirectoryReset;
import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A plan carried out on a clone of its target, and of the directory whose journal it takes over: full hard links beside the real ones, which are not touched; then a member is started from the result, cut off
 * from any network, the application looks at it, and all of it is deleted.
 */
final class Rehearsal {
    private static final String SUFFIX = ".rehearsal";
    private static final Duration READY_MAX = Duration.ofMinutes(2);

    private final RecoveryPlan plan;
    private final FileLayer files = new DiskFileLayer();

    Rehearsal(RecoveryPlan plan) {
        this.plan = plan;
    }

    RehearsalResult run(ResetOrder order, UnaryOperator<MetaStore.Builder> settings, Consumer<MetaStore> checks) {
        Path real = plan.target().directory();
        Path clone = cloneOf(real);
        long started = System.nanoTime();
        try {
            make(real);
            if (order.journal().isPresent()) {
                make(order.journal().get());
            }
            try (EpochSuccession succession = EpochSuccession.open(files, clone)) {
                plan.fetch(files, succession, order, RecoveryProgress.NONE);
            }
            ResetOrder cloned = order.journal()
                    .map(each -> order.withJournal(cloneOf(each)))
                    .orElse(order);
            DirectoryReset.Made made = new DirectoryReset(files, Clock.systemUTC(), step -> {}).run(clone, cloned);
            Revision revision = boot(clone, settings, checks);
            return new RehearsalResult(
                    made.epoch(), revision, made.leftOut(), Duration.ofNanos(System.nanoTime() - started));
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "a rehearsal needs room for a clone beside the directory: directory=" + real + " clone=" + clone
                            + " cause=" + e + "; the directory was not touched",
                    e);
        } finally {
            try {
                delete(clone);
            } finally {
                order.journal().ifPresent(each -> delete(cloneOf(each)));
            }
        }
    }

    private static Path cloneOf(Path directory) {
        return directory.resolveSibling(directory.getFileName() + SUFFIX);
    }

    private void make(Path directory) throws IOException {
        files.deleteTree(cloneOf(directory)); // Of a rehearsal that was cut off.
        DirectoryClone.of(files, directory, cloneOf(directory));
    }

    private Revision boot(Path clone, UnaryOperator<MetaStore.Builder> settings, Consumer<MetaStore> checks) {
        MetaStore.Builder builder = MetaStore.builder(clone);
        Identity identity;
        try (EpochSuccession succession = EpochSuccession.open(files, clone)) {
            identity = succession.identity();
        }
        if (!identity.single()) {
            builder = builder.member(identity.memberName(), identity.address()).with(new SimulatedNetwork(0));
        }
        try (MetaStore store = settings.apply(builder).open()) {
            Revision revision =
                    store.withTimeout(READY_MAX).read(ReadMode.linearizable(), snapshot -> snapshot.revision());
            checks.accept(store);
            return revision;
        }
    }

    private void delete(Path clone) {
        try {
            files.deleteTree(clone);
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "the clone of a rehearsal cannot be deleted: clone=" + clone + " cause=" + e
                            + "; the real directory was not touched; delete the clone by hand",
                    e);
        }
    }
}
