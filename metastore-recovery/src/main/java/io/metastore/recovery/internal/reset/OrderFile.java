package io.metastore.recovery.internal.reset;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.Membership;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The bytes of the file {@code RECOVERY}: an order, checksummed; see {@link FactText}. */
public final class OrderFile {
    private static final String KIND = "metastore-recovery";
    /** Version 2 has {@code members} or {@code address} besides, version 3 has {@code fetched}, version 4 has {@code readmitted}; the lowest is written that has what there is. */
    private static final int VERSION = 4;

    private static final String READMITTED = "readmitted";

    private OrderFile() {}

    static byte[] encode(ResetOrder order) {
        boolean plain = order.members().isEmpty() && order.address().isEmpty();
        int version = !order.readmitted().isEmpty() ? VERSION : order.fetched().isPresent() ? 3 : plain ? 1 : 2;
        return put(new FactText(KIND, version), order).bytes();
    }

    /** Adds the lines of an order to those of a file. */
    public static FactText put(FactText text, ResetOrder order) {
        text.with("recovery", order.recovery())
                .with("cluster", order.cluster())
                .with("epoch", order.epoch())
                .with("tip.term", order.tip().term())
                .with("tip.index", order.tip().index())
                .with("last.term", order.last().term())
                .with("last.index", order.last().index())
                .with("term", order.termMin())
                .with("next", order.nextMin())
                .withText("by", order.by())
                .withText("why", order.why())
                .withText("verdict", order.verdict())
                .withText("plan", order.plan())
                .withTexts("sealed", order.sealed())
                .withTexts("missing", order.missing())
                .withText("journal", order.journal().map(Path::toString).orElse(""));
        if (!order.members().isEmpty()) {
            text.withTexts(
                    "members", order.members().stream().map(MemberSeal::text).toList());
        }
        order.address().ifPresent(address -> text.withText("address", address));
        order.fetched().ifPresent(member -> text.withText("fetched", member));
        if (!order.readmitted().isEmpty()) {
            text.withTexts(
                    READMITTED,
                    order.readmitted().stream().map(Membership.Member::line).toList());
        }
        return text;
    }

    /**
     * What was written down.
     *
     * @throws io.metastore.api.CorruptStateException the file is damaged
     */
    static ResetOrder decode(Path file, byte[] bytes) {
        return Facts.read(file, bytes, KIND, VERSION).build(OrderFile::take);
    }

    /** Takes what {@link #put} added. */
    public static ResetOrder take(Facts facts) {
        return new ResetOrder(
                facts.uuid("recovery"),
                facts.uuid("cluster"),
                facts.number("epoch"),
                position(facts, "tip"),
                position(facts, "last"),
                facts.number("term"),
                facts.number("next"),
                facts.anyText("by"),
                facts.anyText("why"),
                facts.anyText("verdict"),
                facts.anyText("plan"),
                facts.anyTexts("sealed"),
                facts.anyTexts("missing"),
                Optional.of(facts.anyText("journal"))
                        .filter(path -> !path.isEmpty())
                        .map(Path::of),
                facts.has("members")
                        ? facts.anyTexts("members").stream()
                                .map(MemberSeal::parse)
                                .toList()
                        : List.of(),
                given(facts, "address"),
                given(facts, "fetched"),
                facts.has(READMITTED)
                        ? facts.anyTexts(READMITTED).stream()
                                .map(Membership.Member::of)
                                .toList()
                        : List.of());
    }

    private static Optional<String> given(Facts facts, String key) {
        return facts.has(key) ? Optional.of(facts.anyText(key)) : Optional.empty();
    }

    private static LogPosition position(Facts facts, String key) {
        return new LogPosition(facts.number(key + ".term"), facts.number(key + ".index"));
    }
}
