package io.metastore.recovery.internal.reset;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.raft.offline.OfflineJournal;
import io.metastore.recovery.internal.journal.JournalFilesScan;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.Seal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The first part of a recovery of several directories: all of them are held, none has changed, there is room; then those that do not go on are sealed. Nothing is
 * changed before everything was checked.
 */
public final class Sealing {

    /**
     * One that does not go on.
     *
     * @param path of a stopped member
     * @param last what the last entry of its journal must be
     */
    public record Directory(Path path, LogPosition last) {}

    private final FileLayer files;
    private final Clock clock;
    private final List<Directory> others;
    private final long spaceBytes;

    public Sealing(FileLayer files, Clock clock, List<Directory> others, long spaceBytes) {
        this.files = files;
        this.clock = clock;
        this.others = List.copyOf(others);
        this.spaceBytes = spaceBytes;
    }

    /** {@link #run(List, ResetOrder, List, Consumer)} with nothing to be done before. */
    public ResetOrder run(List<EpochSuccession> held, ResetOrder order, List<String> done) {
        return run(held, order, done, target -> {});
    }

    /**
     * Seals them; durable when it returns. To be repeated when it was cut off.
     *
     * @param held the directory that goes on, then the others in their order
     * @param done hears what was done, in words
     * @param before what is done with the directory that goes on when all was checked and nothing is sealed yet; not again once it was sealed
     * @return the order with a number for the next epoch that none of them has used
     */
    public ResetOrder run(
            List<EpochSuccession> held, ResetOrder order, List<String> done, Consumer<EpochSuccession> before) {
        EpochSuccession target = held.get(0);
        try {
            if (!isOf(target, order)) {
                checkSpace(target.root());
            }
            check(target, new Directory(target.root(), order.last()), order);
            for (int i = 0; i < others.size(); i++) {
                check(held.get(i + 1), others.get(i), order);
            }
            if (!isOf(target, order)) {
                before.accept(target);
            }
            long next = next(held, order);
            Set<String> back =
                    new HashSet<>(); // Of two copies of one member one comes back: that in use elsewhere, or the first.
            order.members().forEach(running -> back.add(running.member()));
            for (EpochSuccession succession : held.subList(1, held.size())) {
                if (!isOf(succession, order)) {
                    String self = idOf(succession.identity());
                    Promise promise = Promise.of(order, next);
                    succession.seal((back.add(self) ? promise.of(self, order, target.identity()) : promise)
                            .seal(last(succession, order.epoch()), clock.instant()));
                } else if (succession.seal().flatMap(Seal::readmission).isPresent()) {
                    back.add(idOf(succession.identity()));
                }
                done.add("sealed: " + succession.root() + " of "
                        + succession.identity().memberName());
            }
            return order.withNext(next);
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "free space cannot be asked for: directory=" + target.root() + " cause=" + e + "; check the disk",
                    e);
        }
    }

    private static String idOf(Identity member) {
        return member.memberName() + "@" + member.incarnation();
    }

    /** Whether this recovery has been here before. */
    private static boolean isOf(EpochSuccession succession, ResetOrder order) {
        return isOf(succession, order.recovery());
    }

    private static boolean isOf(EpochSuccession succession, UUID recovery) {
        Optional<Seal> seal = succession.seal();
        return seal.filter(each ->
                        each.state() == Seal.State.SEALED && each.recovery().equals(recovery))
                .isPresent();
    }

    private void checkSpace(Path target) throws IOException {
        long free = files.usableSpace(target);
        if (free < spaceBytes) {
            throw new RecoveryRefusedException(
                    Reason.NO_SPACE,
                    "there is too little space for the next epoch: directory=" + target + " needed=" + spaceBytes
                            + " free=" + free + "; nothing was changed; free " + (spaceBytes - free) + " bytes");
        }
    }

    /**
     * Seals the one directory of a member that is suspended, if it is as it was surveyed.
     *
     * @param last what the last entry of its journal must be
     * @throws RecoveryRefusedException {@link Reason#SEALED}, {@link Reason#CHANGED_SINCE}: nothing was changed
     */
    public static void one(
            FileLayer files, Clock clock, EpochSuccession succession, Promise promise, LogPosition last) {
        Sealing sealing = new Sealing(files, clock, List.of(), 0);
        if (isOf(succession, promise.recovery())) {
            return;
        }
        sealing.check(succession, new Directory(succession.root(), last), promise);
        if (succession.unusedEpoch() > promise.next()) {
            throw new RecoveryRefusedException(
                    Reason.CHANGED_SINCE,
                    "the number of the next epoch is used: directory=" + succession.root() + " next=" + promise.next()
                            + " unused=" + succession.unusedEpoch() + "; nothing was changed; plan anew");
        }
        succession.seal(promise.seal(last, clock.instant()));
    }

    /**
     * What is promised by whoever is sealed.
     *
     * @param recovery to which
     * @param epoch in which it takes no part any more
     * @param next number of the epoch that takes its place
     * @param readmission as {@link Seal#readmission}
     */
    public record Promise(UUID recovery, UUID cluster, long epoch, long next, Optional<String> readmission) {

        /** By an order, of nobody who comes back. */
        public static Promise of(ResetOrder order, long next) {
            return new Promise(order.recovery(), order.cluster(), order.epoch(), next, Optional.empty());
        }

        /**
         * The same of a member that comes back when the order says so.
         *
         * @param member as {@code name@incarnation}
         * @param goesOn who goes on: there the member asks then
         */
        Promise of(String member, ResetOrder order, Identity goesOn) {
            String address = order.address().orElse(goesOn.address());
            return order.readmits(member) && !address.equals(Identity.NO_ADDRESS)
                    ? new Promise(recovery, cluster, epoch, next, Optional.of(address))
                    : this;
        }

        private Seal seal(LogPosition last, Instant now) {
            return new Seal(recovery, epoch, next, Seal.State.SEALED, last, now).readmitting(readmission);
        }
    }

    private void check(EpochSuccession succession, Directory other, ResetOrder order) {
        check(succession, other, Promise.of(order, order.nextMin()));
    }

    private void check(EpochSuccession succession, Directory other, Promise order) {
        if (isOf(succession, order.recovery())) {
            return;
        }
        boolean same = succession.identity().clusterId().equals(order.cluster()) && succession.epoch() == order.epoch();
        Seal seal =
                succession.seal().filter(each -> each.forbids(order.epoch())).orElse(null);
        LogPosition last = same ? last(succession, order.epoch()) : LogPosition.NONE;
        if (seal != null) {
            throw new RecoveryRefusedException(
                    Reason.SEALED,
                    "a directory is part of another recovery: directory=" + other.path() + " recovery="
                            + seal.recovery() + "; nothing was changed; resume that one or abort it");
        }
        if (!same || !last.equals(other.last())) {
            throw new RecoveryRefusedException(
                    Reason.CHANGED_SINCE,
                    "a directory has changed since it was surveyed: directory=" + other.path() + " cluster="
                            + succession.identity().clusterId() + " epoch=" + succession.epoch() + " last=" + last
                            + " expectedLast=" + other.last() + "; nothing was changed; survey the copies again");
        }
    }

    private LogPosition last(EpochSuccession succession, long epoch) {
        OfflineJournal journal = new OfflineJournal(files, succession.journalDirectory(epoch), succession.group(epoch));
        return JournalFilesScan.scan(journal.entries(), EntryVisitor.NONE).last();
    }

    /** That of an attempt that was cut off, or one that is new to all of them. */
    private static long next(List<EpochSuccession> held, ResetOrder order) {
        for (EpochSuccession succession : held) {
            if (isOf(succession, order)) {
                return succession.seal().orElseThrow().next();
            }
        }
        long unused =
                held.stream().mapToLong(EpochSuccession::unusedEpoch).max().orElseThrow();
        return Math.max(unused, order.nextMin());
    }
}
