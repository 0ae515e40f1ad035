package io.metastore.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.metastore.api.LogPosition;
import io.metastore.recovery.inspect.EntryContent;
import io.metastore.recovery.inspect.InspectedCheck;
import io.metastore.recovery.inspect.InspectedEntry;
import io.metastore.recovery.inspect.InspectedOp;
import io.metastore.recovery.inspect.InspectedTable;
import io.metastore.recovery.inspect.InspectedTransaction;
import io.metastore.recovery.inspect.InspectedValue;
import io.metastore.recovery.inspect.JournalInspector;
import io.metastore.recovery.inspect.RevisionSearch;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.recovery.journal.LoggedMembership.Peer;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Entries of a journal as JSON, an object each. Numbers of 64 bits are numbers. */
final class JournalJson {

    private JournalJson() {}

    static JsonObject entry(InspectedEntry entry) {
        JsonObject json = new JsonObject();
        json.addProperty("type", "entry");
        position(json, entry.position());
        json.addProperty("file", entry.file().toString());
        json.addProperty("offset", entry.offset());
        json.addProperty("bytes", entry.bytes());
        content(json, entry.content());
        return json;
    }

    private static void position(JsonObject json, LogPosition position) {
        json.addProperty("term", position.term());
        json.addProperty("index", position.index());
    }

    private static void content(JsonObject json, EntryContent content) {
        if (content instanceof EntryContent.Batch batch) {
            json.addProperty("kind", "batch");
            json.addProperty("time", batch.leaderTime().toString());
            json.addProperty("commitIndex", batch.commitIndex());
            json.addProperty("session", batch.session().toString());
            json.addProperty("sequence", batch.sequence());
            json.add("transactions", array(batch.transactions(), JournalJson::transaction));
        } else if (content instanceof EntryContent.Membership membership) {
            LoggedMembership members = membership.membership();
            json.addProperty("kind", "membership");
            json.add("voters", array(members.voters(), JournalJson::peer));
            json.add("observers", array(members.observers(), JournalJson::peer));
            json.add("oldVoters", array(members.oldVoters(), JournalJson::peer));
            json.add("oldObservers", array(members.oldObservers(), JournalJson::peer));
        } else if (content instanceof EntryContent.CommitHint hint) {
            json.addProperty("kind", "commitHint");
            json.addProperty("commitIndex", hint.index());
        } else if (content instanceof EntryContent.Undecodable undecodable) {
            json.addProperty("kind", "undecodable");
            json.addProperty("reason", undecodable.reason());
        } else if (content instanceof EntryContent.Empty) {
            json.addProperty("kind", "empty");
        } else {
            throw new AssertionError(content);
        }
    }

    private static JsonObject peer(Peer peer) {
        JsonObject json = new JsonObject();
        json.addProperty("id", peer.id());
        json.addProperty("address", peer.address());
        return json;
    }

    private static JsonObject transaction(InspectedTransaction transaction) {
        JsonObject json = new JsonObject();
        if (transaction instanceof InspectedTransaction.Changes changes) {
            json.addProperty("kind", "changes");
            json.addProperty("readRevision", changes.readRevision());
            json.add("when", array(changes.checks(), JournalJson::check));
            json.add("then", array(changes.then(), JournalJson::op));
            json.add("otherwise", array(changes.otherwise(), JournalJson::op));
        } else if (transaction instanceof InspectedTransaction.Command command) {
            json.addProperty("kind", "command");
            json.addProperty("name", command.name());
            json.addProperty("version", command.version());
            json.add("argument", value(command.argument()));
        } else if (transaction instanceof InspectedTransaction.Resolve resolve) {
            json.addProperty("kind", "resolve");
            json.addProperty("sequence", resolve.sequence());
            json.addProperty("transaction", resolve.transaction());
        } else {
            throw new AssertionError(transaction);
        }
        return json;
    }

    private static JsonObject check(InspectedCheck check) {
        if (check instanceof InspectedCheck.KeyUnchanged c) {
            JsonObject json = keyed("keyUnchanged", c.table(), c.key());
            json.addProperty("modRevision", c.modRevision());
            return json;
        } else if (check instanceof InspectedCheck.RangeUnchanged c) {
            JsonObject json = ranged("rangeUnchanged", c.table(), c.from(), c.to());
            json.addProperty("digest", Long.toHexString(c.digest()));
            return json;
        } else if (check instanceof InspectedCheck.Exists c) {
            return keyed("exists", c.table(), c.key());
        } else if (check instanceof InspectedCheck.Absent c) {
            return keyed("absent", c.table(), c.key());
        } else if (check instanceof InspectedCheck.HasVersion c) {
            JsonObject json = keyed("hasVersion", c.table(), c.key());
            json.addProperty("version", c.version());
            return json;
        }
        throw new AssertionError(check);
    }

    private static JsonObject op(InspectedOp op) {
        if (op instanceof InspectedOp.Put o) {
            JsonObject json = keyed("put", o.table(), o.key());
            json.addProperty("valueVersion", o.valueVersion());
            json.add("value", value(o.value()));
            return json;
        } else if (op instanceof InspectedOp.Remove o) {
            return keyed("remove", o.table(), o.key());
        } else if (op instanceof InspectedOp.RemoveRange o) {
            JsonObject json = ranged("removeRange", o.table(), o.from(), o.to());
            json.addProperty("limit", o.limit());
            json.addProperty("reversed", o.reversed());
            return json;
        } else if (op instanceof InspectedOp.NextIds o) {
            JsonObject json = new JsonObject();
            json.addProperty("kind", "nextIds");
            json.addProperty("sequence", o.sequence());
            json.addProperty("count", o.count());
            return json;
        } else if (op instanceof InspectedOp.BeginEpoch o) {
            JsonObject json = new JsonObject();
            json.addProperty("kind", "beginEpoch");
            json.addProperty("epoch", o.epoch());
            return json;
        } else if (op instanceof InspectedOp.RegisterTable o) {
            JsonObject json = new JsonObject();
            json.addProperty("kind", "registerTable");
            json.addProperty("table", o.table().name());
            json.addProperty("id", o.table().id());
            json.addProperty("keyCodec", o.table().keyCodec());
            json.addProperty("valueCodec", o.table().valueCodec());
            json.addProperty("version", o.table().version());
            return json;
        }
        throw new AssertionError(op);
    }

    private static JsonObject keyed(String kind, InspectedTable table, InspectedValue key) {
        JsonObject json = new JsonObject();
        json.addProperty("kind", kind);
        json.addProperty("table", table.toString());
        json.add("key", value(key));
        return json;
    }

    private static JsonObject ranged(
            String kind, InspectedTable table, InspectedValue from, @Nullable InspectedValue to) {
        JsonObject json = new JsonObject();
        json.addProperty("kind", kind);
        json.addProperty("table", table.toString());
        json.add("from", value(from));
        if (to != null) {
            json.add("to", value(to));
        }
        return json;
    }

    /** What it is, as far as that is known, and the bytes when it is not. */
    private static JsonObject value(InspectedValue value) {
        JsonObject json = new JsonObject();
        json.addProperty("form", value.form().name().toLowerCase(Locale.ROOT));
        json.addProperty("text", value.text());
        json.addProperty("bytes", value.bytes().length);
        if (value.form() == InspectedValue.Form.BYTES) {
            json.addProperty("hex", HexFormat.of().formatHex(value.bytes()));
        } else {
            json.add("value", JsonValues.of(value.value()));
        }
        if (!value.problem().isEmpty()) {
            json.addProperty("problem", value.problem());
        }
        return json;
    }

    private static <T> JsonArray array(List<T> elements, Function<T, ? extends JsonElement> each) {
        JsonArray json = new JsonArray();
        elements.forEach(element -> json.add(each.apply(element)));
        return json;
    }

    static JsonObject scan(JournalInspector journal, JournalScan scan) {
        JsonObject json = new JsonObject();
        json.addProperty("type", "journal");
        json.addProperty("directory", journal.place().directory().toString());
        json.addProperty("tablesFrom", journal.tablesFrom());
        scan.first().ifPresent(first -> json.addProperty("first", first));
        json.addProperty("lastTerm", scan.last().term());
        json.addProperty("last", scan.last().index());
        scan.damage().ifPresent(damage -> json.add("damage", damage(damage)));
        return json;
    }

    private static JsonObject damage(Damage damage) {
        JsonObject json = new JsonObject();
        json.addProperty("kind", damage.kind().name());
        json.addProperty("normalAfterCrash", damage.normalAfterCrash());
        json.addProperty("file", damage.file().toString());
        json.addProperty("offset", damage.offset());
        json.addProperty("found", damage.found());
        json.addProperty("behind", damage.aftermath().toString());
        return json;
    }

    static JsonObject revision(RevisionSearch found) {
        JsonObject json = new JsonObject();
        json.addProperty("type", "revision");
        json.addProperty("revision", found.revision());
        json.addProperty("answer", found.answer().name());
        json.addProperty("how", found.how());
        if (found.answer() == RevisionSearch.Answer.FOUND) {
            position(json, found.position());
            json.addProperty("transaction", found.transaction());
        }
        found.entry().ifPresent(entry -> json.add("entry", entry(entry)));
        return json;
    }
}
