package io.metastore.api.internal;

import io.metastore.api.Operation;
import java.util.List;

/** Prints operations as an aligned table. */
public final class OperationTable {

    private static final List<String> HEADINGS =
            List.of("ID", "TYPE", "TARGET", "BY", "STATE", "PROGRESS", "STARTED", "ENDED", "STEP", "ERROR");

    private OperationTable() {}

    public static String render(List<Operation> operations) {
        TextTable table = new TextTable(HEADINGS);
        for (Operation each : operations) {
            table.add(List.of(
                    Long.toString(each.id()),
                    each.type().name(),
                    each.target(),
                    each.requestedBy(),
                    each.state().name(),
                    each.total() < 0 ? "-" : each.done() + "/" + each.total(),
                    TextTable.instant(each.started()),
                    TextTable.instant(each.ended()),
                    TextTable.text(each.step()),
                    TextTable.text(each.error())));
        }
        return table.render();
    }
}
