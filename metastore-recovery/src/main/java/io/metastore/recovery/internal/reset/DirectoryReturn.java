package io.metastore.recovery.internal.reset;

import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.files.Seal;
import java.nio.file.Path;
import java.time.Clock;

/** Takes a recovery of a directory back: before its epoch is the live one, and after that until the epoch has taken its first write. */
public final class DirectoryReturn {

    private final FileLayer files;
    private final Clock clock;
    private final Holding holding;

    public DirectoryReturn(FileLayer files, Clock clock) {
        this(files, clock, Holding.ofStopped(files));
    }

    public DirectoryReturn(FileLayer files, Clock clock, Holding holding) {
        this.files = files;
        this.clock = clock;
        this.holding = holding;
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
            throw nothing(succession);
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
            throw nothing(succession);
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
        succession.seal(seal.lifted(clock.instant()));
        return true;
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
