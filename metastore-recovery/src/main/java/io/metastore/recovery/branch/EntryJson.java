package io.metastore.recovery.branch;

import io.metastore.api.LogPosition;
import io.metastore.recovery.inspect.EntryContent;
import io.metastore.recovery.inspect.InspectedEntry;
import io.metastore.recovery.inspect.InspectedTransaction;
import io.metastore.recovery.inspect.ValueReader;
import io.metastore.recovery.internal.json.JsonRecord;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.recovery.journal.LoggedMembership.Peer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Entries as JSON. For one thread. */
final class EntryJson {

    private final ValueReader values;
    private final OpJson ops;
    private final Path file;

    /** @param file they are read from */
    EntryJson(ValueReader values, Path file) {
        this.values = values;
        this.ops = new OpJson(values);
        this.file = file;
    }

    static JsonRecord write(InspectedEntry entry, boolean repeated) {
        JsonRecord json = new JsonRecord()
                .with("term", entry.position().term())
                .with("index", entry.position().index())
                .with("kind", entry.kind().name());
        EntryContent content = entry.content();
        if (content instanceof EntryContent.Batch batch) {
            return json.with("time", batch.leaderTime().toString())
                    .with("committed", batch.commitIndex())
                    .with("session", batch.session().toString())
                    .with("sequence", batch.sequence())
                    .with("repeated", repeated)
                    .with("transactions", batch.transactions(), EntryJson::write);
        } else if (content instanceof EntryContent.Membership is) {
            LoggedMembership group = is.membership();
            return json.with("voters", group.voters(), EntryJson::write)
                    .with("observers", group.observers(), EntryJson::write)
                    .with("oldVoters", group.oldVoters(), EntryJson::write)
                    .with("oldObservers", group.oldObservers(), EntryJson::write);
        } else if (content instanceof EntryContent.CommitHint hint) {
            return json.with("committed", hint.index());
        } else if (content instanceof EntryContent.Undecodable undecodable) {
            return json.with("notDecodable", undecodable.reason()).with("length", undecodable.bytes());
        }
        return json; // Nothing.
    }

    private static JsonRecord write(Peer peer) {
        return new JsonRecord().with("id", peer.id()).with("address", peer.address());
    }

    private static JsonRecord write(InspectedTransaction transaction) {
        if (transaction instanceof InspectedTransaction.Changes changes) {
            return new JsonRecord()
                    .with("transaction", "changes")
                    .with("readRevision", changes.readRevision())
                    .with("checks", changes.checks(), OpJson::write)
                    .with("then", changes.then(), OpJson::write)
                    .with("otherwise", changes.otherwise(), OpJson::write);
        } else if (transaction instanceof InspectedTransaction.Command command) {
            return new JsonRecord()
                    .with("transaction", "command")
                    .with("name", command.name())
                    .with("version", command.version())
                    .with("argument", OpJson.write(command.argument()));
        } else if (transaction instanceof InspectedTransaction.Resolve resolve) {
            return new JsonRecord()
                    .with("transaction", "resolve")
                    .with("sequence", resolve.sequence())
                    .with("place", resolve.transaction());
        }
        throw new AssertionError(transaction);
    }

    /** An entry, and whether its batch stands before it already. */
    record Read(InspectedEntry entry, boolean repeated) {}

    Read read(JsonRecord in) {
        LogPosition position = new LogPosition(in.number("term"), in.number("index"));
        EntryVisitor.Kind kind = in.parsed("kind", EntryVisitor.Kind::valueOf);
        boolean repeated = false;
        EntryContent content;
        int length = 0;
        Optional<String> undecodable = in.optional("notDecodable", text -> text);
        if (undecodable.isPresent()) {
            length = Math.toIntExact(in.number("length"));
            content = new EntryContent.Undecodable(undecodable.get(), length);
        } else if (kind == EntryVisitor.Kind.COMMAND) {
            repeated = in.truth("repeated");
            content = new EntryContent.Batch(
                    in.parsed("time", Instant::parse),
                    in.number("committed"),
                    in.parsed("session", UUID::fromString),
                    in.number("sequence"),
                    in.records("transactions", this::transaction));
        } else if (kind == EntryVisitor.Kind.MEMBERSHIP) {
            content = new EntryContent.Membership(new LoggedMembership(
                    position,
                    in.records("voters", EntryJson::peer),
                    in.records("observers", EntryJson::peer),
                    in.records("oldVoters", EntryJson::peer),
                    in.records("oldObservers", EntryJson::peer)));
        } else if (kind == EntryVisitor.Kind.COMMIT_HINT) {
            content = new EntryContent.CommitHint(in.number("committed"));
        } else {
            content = new EntryContent.Empty();
        }
        return new Read(new InspectedEntry(position, kind, file, 0, length, content), repeated);
    }

    private static Peer peer(JsonRecord in) {
        return new Peer(in.text("id"), in.text("address"));
    }

    private InspectedTransaction transaction(JsonRecord in) {
        String kind = in.text("transaction");
        return switch (kind) {
            case "changes" ->
                new InspectedTransaction.Changes(
                        in.number("readRevision"),
                        in.records("checks", ops::check),
                        in.records("then", ops::op),
                        in.records("otherwise", ops::op));
            case "command" -> {
                String name = in.text("name");
                int version = Math.toIntExact(in.number("version"));
                byte[] argument = in.record("argument", OpJson::bytes);
                yield new InspectedTransaction.Command(name, version, values.argument(name, version, argument));
            }
            case "resolve" ->
                new InspectedTransaction.Resolve(in.number("sequence"), Math.toIntExact(in.number("place")));
            default -> throw new IllegalArgumentException("expected: a transaction found: " + kind);
        };
    }
}
