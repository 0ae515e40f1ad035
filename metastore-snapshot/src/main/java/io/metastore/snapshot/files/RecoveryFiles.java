package io.metastore.snapshot.files;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.Seal.State;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The bytes of {@code SEAL} and {@code GENESIS}; see {@link FactText}. */
final class RecoveryFiles {

    static final String SEAL = "metastore-seal";
    private static final int SEAL_1 = 1;
    /** With where a member may come back by itself; written when it may. */
    static final int SEAL_2 = 2;

    private static final String READMISSION = "readmission";

    /** With the terms of the journal that was taken over. */
    private static final int VERSION_2 = 2;
    /** With members that are let in again; written when there are such. */
    private static final int VERSION_3 = 3;

    private static final String NOTHING = "-";

    private RecoveryFiles() {}

    static byte[] seal(UUID clusterId, Seal seal) {
        FactText text = new FactText(SEAL, seal.readmission().isPresent() ? SEAL_2 : SEAL_1)
                .with("cluster", clusterId)
                .with("recovery", seal.recovery())
                .with("epoch", seal.epoch())
                .with("next", seal.next())
                .with("state", lower(seal.state()))
                .with("tip", text(seal.tip()))
                .with("since", seal.since());
        seal.readmission().ifPresent(address -> text.withText(READMISSION, address));
        return text.bytes();
    }

    static Seal readSeal(Path file, byte[] bytes, UUID clusterId) {
        return Facts.read(file, bytes, SEAL, SEAL_2).build(facts -> {
            checkCluster(facts, clusterId);
            return new Seal(
                    facts.uuid("recovery"),
                    facts.number("epoch"),
                    facts.number("next"),
                    facts.parsed("state", RecoveryFiles::state, RecoveryFiles::lower),
                    facts.parsed("tip", RecoveryFiles::position, RecoveryFiles::text),
                    facts.parsed("since", Instant::parse, Instant::toString),
                    facts.version() >= SEAL_2 ? Optional.of(facts.anyText(READMISSION)) : Optional.empty());
        });
    }

    static byte[] genesis(UUID clusterId, Genesis genesis) {
        FactText text = new FactText("metastore-genesis", genesis.readmitted().isEmpty() ? VERSION_2 : VERSION_3)
                .with("cluster", clusterId)
                .with("recovery", genesis.recovery())
                .with("epoch", genesis.epoch())
                .with("previous", genesis.previous())
                .with("tip", text(genesis.tip()))
                .withText("member", genesis.member())
                .with("created", genesis.created())
                .withText("by", genesis.by())
                .withText("why", genesis.why())
                .withText("verdict", genesis.verdict())
                .withText("plan", genesis.plan())
                .withTexts("sealed", genesis.sealed())
                .withTexts("missing", genesis.missing())
                .with("terms", texts(genesis.terms()));
        if (!genesis.readmitted().isEmpty()) {
            text.withTexts(
                    "readmitted",
                    genesis.readmitted().stream().map(Membership.Member::line).toList());
        }
        return text.bytes();
    }

    static Genesis readGenesis(Path file, byte[] bytes, UUID clusterId) {
        return Facts.read(file, bytes, "metastore-genesis", VERSION_3).build(facts -> {
            checkCluster(facts, clusterId);
            return new Genesis(
                    facts.uuid("recovery"),
                    facts.number("epoch"),
                    facts.number("previous"),
                    facts.parsed("tip", RecoveryFiles::position, RecoveryFiles::text),
                    facts.anyText("member"),
                    facts.parsed("created", Instant::parse, Instant::toString),
                    facts.anyText("by"),
                    facts.anyText("why"),
                    facts.anyText("verdict"),
                    facts.anyText("plan"),
                    facts.anyTexts("sealed"),
                    facts.anyTexts("missing"),
                    facts.version() < VERSION_2
                            ? List.of()
                            : facts.parsed("terms", RecoveryFiles::positions, RecoveryFiles::texts),
                    facts.version() < VERSION_3
                            ? List.of()
                            : facts.anyTexts("readmitted").stream()
                                    .map(Membership.Member::of)
                                    .toList());
        });
    }

    private static void checkCluster(Facts facts, UUID expected) {
        UUID found = facts.uuid("cluster");
        if (!found.equals(expected)) {
            throw facts.damaged("cluster=" + expected + " as in " + Layout.VERSION, "cluster=" + found);
        }
    }

    private static String lower(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static State state(String text) {
        return State.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static String text(LogPosition position) {
        return position.index() < 0 ? NOTHING : position.term() + ":" + position.index();
    }

    private static String texts(List<LogPosition> positions) {
        return positions.isEmpty()
                ? NOTHING
                : positions.stream().map(RecoveryFiles::text).collect(Collectors.joining(","));
    }

    private static List<LogPosition> positions(String text) {
        return text.equals(NOTHING)
                ? List.of()
                : Stream.of(text.split(",", -1)).map(RecoveryFiles::position).toList();
    }

    private static LogPosition position(String text) {
        if (text.equals(NOTHING)) {
            return LogPosition.NONE;
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no position: " + text);
        }
        return new LogPosition(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }
}
