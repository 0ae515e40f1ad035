package io.metastore.snapshot.state;

import io.metastore.snapshot.journal.TransactionResult;
import java.util.Arrays;

/** Results as text, because records with arrays do not compare by content. */
final class Results {

    private Results() {}

    static String text(TransactionResult result) {
        if (result instanceof TransactionResult.Applied r) {
            return "Applied " + r.revision() + " " + r.changed() + " " + r.matched() + " "
                    + Arrays.toString(r.opResults());
        } else if (result instanceof TransactionResult.CommandDone r) {
            return "CommandDone " + r.revision() + " " + r.changed() + " " + Entries.text(r.result());
        }
        return result.toString();
    }

    static String kind(TransactionResult result) {
        if (result instanceof TransactionResult.Applied r) {
            return "Applied" + (r.matched() ? "" : " otherwise") + (r.changed() ? "" : " nothing");
        } else if (result instanceof TransactionResult.Failed r) {
            return r.code().name();
        } else if (result instanceof TransactionResult.Resolved r) {
            return r.answer().name();
        }
        return result.getClass().getSimpleName();
    }
}
