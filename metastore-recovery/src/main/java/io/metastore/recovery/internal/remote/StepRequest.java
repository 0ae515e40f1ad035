package io.metastore.recovery.internal.remote;

import io.metastore.api.LogPosition;
import io.metastore.recovery.internal.reset.Sealing;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * What a member is asked to do. As lines of a {@link FactText}, checksummed.
 *
 * @param kind of step
 * @param attempt drawn by whoever asks; the same one is asked for again until it has come out
 * @param promise which recovery, of what
 * @param last what the last entry of its journal must be for it to be sealed
 */
record StepRequest(Kind kind, UUID attempt, Sealing.Promise promise, LogPosition last) {

    enum Kind {
        LOOK,
        SEAL,
        LIFT
    }

    private static final String FORMAT = "metastore-member-step";
    /** Version 2 has {@code readmission} besides; written when there is one, so that older builds are asked for nothing they would leave out. */
    private static final int VERSION = 2;

    private static final String READMISSION = "readmission";
    private static final UUID NONE = new UUID(0, 0);

    /** How the bytes are called in messages; there is no file. */
    private static final Path NOWHERE = Path.of("request of a recovery");

    static StepRequest look() {
        return new StepRequest(
                Kind.LOOK, NONE, new Sealing.Promise(NONE, NONE, 0, 0, Optional.empty()), LogPosition.NONE);
    }

    byte[] encode() {
        FactText text = new FactText(FORMAT, promise.readmission().isPresent() ? VERSION : 1)
                .with("step", kind)
                .with("attempt", attempt)
                .with("recovery", promise.recovery())
                .with("cluster", promise.cluster())
                .with("epoch", promise.epoch())
                .with("next", promise.next())
                .with("last.term", last.term())
                .with("last.index", last.index());
        promise.readmission().ifPresent(address -> text.withText(READMISSION, address));
        return text.bytes();
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @throws io.metastore.api.MetastoreException it is none that this build knows
     */
    static StepRequest decode(byte[] bytes) {
        return Facts.read(NOWHERE, bytes, FORMAT, VERSION)
                .build(facts -> new StepRequest(
                        facts.parsed("step", Kind::valueOf, Kind::toString),
                        facts.uuid("attempt"),
                        new Sealing.Promise(
                                facts.uuid("recovery"),
                                facts.uuid("cluster"),
                                facts.number("epoch"),
                                facts.number("next"),
                                facts.has(READMISSION) ? Optional.of(facts.anyText(READMISSION)) : Optional.empty()),
                        new LogPosition(facts.number("last.term"), facts.number("last.index"))));
    }
}
