package io.metastore.recovery.internal.reset;

import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.files.Seal;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes a recovery of a directory back: before its epoch is the live one, and after that until the epoch has taken its first write. */
public final class DirectoryReturn {

    private final FileLayer files;
    private final Clock clock;
    private final Holding holding;
    private final MemberSteps members;

    public DirectoryReturn(FileLayer files, Clock clock) {
        this(files, clock, Holding.ofStopped(files), MemberSteps.NONE);
    }

    public DirectoryReturn(FileLayer files, Clock clock, Holding holding, MemberSteps members) {
        this.files = files;
        this.clock = clock;
        this.holding = holding;
        this.members = members;
    }

    /**
     * Gives up a recovery whose epoch is not the live one yet: deletes what was built, lifts the seal. Repeat it when it was cut off.
     *
     * @throws RecoveryRefusedException {@link Reason#NOTHING_UNDER_WAY}, or {@link Reason#CANNOT_ABORT} as its epoch is the live one
     */
    public void abort(Path directory) {
        holding.one(directory, this::abort);
    }

    private boolean abort(EpochSuccession succession) {
        Seal seal = succession.seal().orElse(null);
        if (seal != null && seal.state() == Seal.State.SEALED && seal.next() == succession.epoch()) {
            throw new RecoveryRefusedException(
                    Reason.CANNOT_ABORT,
                    "the epoch of the recovery is the live one already: directory=" + succession.root() + " epoch="
                            + seal.next() + " recovery=" + seal.recovery() + "; nothing was changed; undo it");
        }
        if (seal == null || !seal.forbids(succession.epoch())) {
            boolean fetched = succession.discardFetched(); // By one that was cut off before it sealed anything.
            return hasLifted(succession, seal) || fetched || liftNothing(succession);
        }
        succession.giveUp(seal.next());
        Seal lifted = seal.lifted(clock.instant());
        succession.seal(lifted);
        succession.discardFetched();
        new MemberSealing(succession, members).lift(lifted);
        return true;
    }

    /** What is left of a recovery that was taken back in the directory and not yet everywhere. */
    private boolean hasLifted(EpochSuccession succession, @Nullable Seal seal) {
        return seal != null && seal.state() == Seal.State.LIFTED && new MemberSealing(succession, members).lift(seal);
    }

    private static boolean liftNothing(EpochSuccession succession) {
        throw nothing(succession);
    }

    /**
     * Lifts the seal of one recovery in a directory that does not go on in it.
     *
     * @return whether there was one
     */
    public static boolean lift(EpochSuccession succession, UUID recovery, Clock clock) {
        Seal seal = succession
                .seal()
                .filter(each ->
                        each.forbids(succession.epoch()) && each.recovery().equals(recovery))
                .orElse(null);
        if (seal == null) {
            return false;
        }
        succession.giveUp(seal.next());
        succession.seal(seal.lifted(clock.instant()));
        return true;
    }

    /**
     * Makes the epoch before the live one again. Repeat it when it was cut off.
     *
     * @throws RecoveryRefusedException {@link Reason#NOTHING_UNDER_WAY}, or {@link Reason#CANNOT_UNDO} with what the epoch has taken since
     */
    public void undo(Path directory) {
        holding.one(directory, this::undo);
    }

    private boolean undo(EpochSuccession succession) {
        Seal seal = succession.seal().orElse(null);
        if (seal == null || seal.state() != Seal.State.SEALED) {
            boolean fetched = succession.discardFetched(); // By one that was cut off while this took it back.
            return hasLifted(succession, seal) || fetched || liftNothing(succession);
        }
        if (seal.next() == succession.epoch()) {
            Genesis genesis = succession.genesis().orElseThrow(() -> nothing(succession));
            checkUnused(succession, genesis);
            succession.takeBack(genesis.previous());
        } else if (seal.forbids(succession.epoch())) {
            succession.setAside(seal.next()); // It was cut off behind its one decisive step, or is to be aborted.
        } else {
            throw nothing(succession);
        }
        succession.settleRole();
        settleAddress(succession, seal);
        Seal lifted = seal.lifted(clock.instant());
        succession.seal(lifted);
        succession.discardFetched();
        new MemberSealing(succession, members).lift(lifted);
        return true;
    }

    /** Where it listened before, if the recovery had moved it. */
    private static void settleAddress(EpochSuccession succession, Seal seal) {
        boolean moved = succession
                .order()
                .map(bytes -> OrderFile.decode(succession.orderFile(), bytes))
                .filter(order -> order.recovery().equals(seal.recovery()))
                .flatMap(ResetOrder::address)
                .isPresent();
        if (moved) {
            succession
                    .membership()
                    .member(succession.identity().memberName())
                    .ifPresent(member -> succession.settleAddress(member.address()));
        }
    }

    private void checkUnused(EpochSuccession succession, Genesis genesis) {
        String used = new EpochUse(files, succession, genesis).found();
        if (!used.isEmpty()) {
            throw new RecoveryRefusedException(
                    Reason.CANNOT_UNDO,
                    "the epoch is in use: directory=" + succession.root() + " epoch=" + genesis.epoch() + " " + used
                            + "; nothing was changed; what was not taken over can still be read from the epoch before");
        }
    }

    private static RecoveryRefusedException nothing(EpochSuccession succession) {
        return new RecoveryRefusedException(
                Reason.NOTHING_UNDER_WAY,
                "there is no recovery to take back: directory=" + succession.root() + " epoch=" + succession.epoch()
                        + "; nothing was changed");
    }
}
