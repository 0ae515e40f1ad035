package io.metastore.raft.internal.cluster;

import io.metastore.api.EpochBeginning;
import io.metastore.api.LogPosition;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.snapshot.files.EpochEnd;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.RecordSource.RecordCursor;
import io.metastore.snapshot.state.StateView;
import io.metastore.snapshot.state.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How the beginning of an epoch is recorded in {@link ClusterTable}. */
public final class LineageRecord {

    /** Names of members hold none. */
    private static final String SEPARATOR = " ";

    private static final String READMITTED = "readmitted";
    /** Neither in a line nor a line break. */
    private static final String LINES = "\t";

    private static final String READMISSIONS_BEGUN = "readmissionsBegun";

    private LineageRecord() {}

    static byte[] encode(Genesis genesis, long tipRevision) {
        MemberFacts facts = MemberFacts.of()
                .with("epoch", genesis.epoch())
                .with("previous", genesis.previous())
                .with("term", genesis.tip().term())
                .with("index", genesis.tip().index())
                .with("member", genesis.member())
                .with("created", genesis.created())
                .with("by", genesis.by())
                .with("why", genesis.why())
                .with("verdict", genesis.verdict())
                .with("plan", genesis.plan())
                .with("sealed", String.join(SEPARATOR, genesis.sealed()))
                .with("missing", String.join(SEPARATOR, genesis.missing()))
                .with("recovery", genesis.recovery())
                .with("tipRevision", tipRevision)
                .with(
                        "terms",
                        genesis.terms().stream()
                                .map(each -> each.term() + ":" + each.index())
                                .collect(Collectors.joining(SEPARATOR)));
        if (!genesis.readmitted().isEmpty()) {
            facts.with(
                    READMITTED,
                    genesis.readmitted().stream().map(Membership.Member::line).collect(Collectors.joining(LINES)));
        }
        return facts.encode();
    }

    /** Members that are let in again by operations which are not recorded yet. */
    static List<Membership.Member> readmissionsDue(byte[] bytes) {
        MemberFacts facts = MemberFacts.decode(bytes);
        return !facts.has(READMITTED) || facts.flag(READMISSIONS_BEGUN)
                ? List.of()
                : Stream.of(facts.text(READMITTED).split(LINES, -1))
                        .map(Membership.Member::of)
                        .toList();
    }

    /** The same record, when they are. */
    static byte[] readmissionsBegun(byte[] bytes) {
        return MemberFacts.decode(bytes).with(READMISSIONS_BEGUN, true).encode();
    }

    static EpochBeginning decode(byte[] bytes) {
        MemberFacts facts = MemberFacts.decode(bytes);
        return new EpochBeginning(
                facts.number("epoch"),
                facts.number("previous"),
                new LogPosition(facts.number("term"), facts.number("index")),
                facts.text("member"),
                Instant.parse(facts.text("created")),
                facts.text("by"),
                facts.text("why"),
                facts.text("verdict"),
                names(facts.text("sealed")),
                names(facts.text("missing")),
                UUID.fromString(facts.text("recovery")));
    }

    /** As {@link Genesis#terms}; empty in records of builds that did not note them. */
    static List<LogPosition> terms(byte[] bytes) {
        List<LogPosition> terms = new ArrayList<>();
        for (String each : names(MemberFacts.decode(bytes).text("terms"))) {
            int colon = each.indexOf(':');
            terms.add(new LogPosition(
                    Long.parseLong(each.substring(0, colon)), Long.parseLong(each.substring(colon + 1))));
        }
        return terms;
    }

    /** Number of the last revision that was taken over; -1 when that is not known. */
    static long tipRevision(byte[] bytes) {
        return MemberFacts.decode(bytes).number("tipRevision");
    }

    /** All that are in a state, the newest first. */
    public static List<EpochBeginning> all(StateView view) {
        return records(view, LineageRecord::decode);
    }

    /** Where the epochs before those ended. */
    public static List<EpochEnd> ends(StateView view) {
        return records(view, bytes -> new Beginning(decode(bytes), terms(bytes), tipRevision(bytes)).end());
    }

    private static <T> List<T> records(StateView view, Function<byte[], T> decoded) {
        List<T> found = new ArrayList<>();
        TableRecord table = view.table(ClusterTable.NAME);
        if (table == null) {
            return found;
        }
        byte[] from = ClusterTable.LINEAGE.getBytes(StandardCharsets.UTF_8);
        byte[] to = (ClusterTable.LINEAGE + "~").getBytes(StandardCharsets.UTF_8);
        try (RecordCursor cursor = view.scan(table.id(), from, to, true)) {
            for (StoredRecord record = cursor.next(); record != null; record = cursor.next()) {
                found.add(decoded.apply(record.value()));
            }
        }
        return found;
    }

    private static List<String> names(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(SEPARATOR));
    }
}
