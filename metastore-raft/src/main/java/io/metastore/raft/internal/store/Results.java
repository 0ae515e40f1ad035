package io.metastore.raft.internal.store;

import io.metastore.api.Batch;
import io.metastore.api.CommandFailedException;
import io.metastore.api.IncompatibleTableException;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.MetastoreException;
import io.metastore.api.Op;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.CommandRuntime;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns results that mean failure into what the caller gets. */
final class Results {

    private Results() {}

    static MetastoreException failure(TransactionResult result) {
        if (result instanceof TransactionResult.Failed failed) {
            return switch (failed.code()) {
                case INCOMPATIBLE_TABLE, UNKNOWN_TABLE -> new IncompatibleTableException(failed.message());
                case COMMAND_FAILED -> new CommandFailedException(failed.message());
                case RANGE_TOO_LARGE, RESULT_TOO_LARGE ->
                    misfit(result); // Who asks for what can be too large knows it.
            };
        }
        return misfit(result);
    }

    /** A removal would have taken more than the member that asked for it allows; it stopped counting there. */
    static LimitExceededException rangeTooLarge(Batch batch, Limits limits) {
        String tables = Stream.concat(batch.then().stream(), batch.otherwise().stream())
                .filter(Op.RemoveRange.class::isInstance)
                .map(op -> op.table().name())
                .distinct()
                .collect(Collectors.joining("' or '"));
        return new LimitExceededException(
                "range removal in table '" + tables + "'",
                limits.removeRangeEntriesMax() + 1L,
                limits.removeRangeEntriesMax(),
                "limits.removeRangeEntriesMax",
                "give the range a limit and repeat");
    }

    /** The handler returned more than a journal entry may answer; its changes were dropped. */
    static LimitExceededException resultTooLarge(String command, TransactionResult.Failed failed) {
        return LimitExceededException.fixed(
                "result of command '" + command + "'",
                Long.parseLong(failed.message()),
                CommandRuntime.RESULT_BYTES_MAX,
                "return less and read the rest");
    }

    private static MetastoreException misfit(TransactionResult result) {
        return new StoreFailedException(
                "the journal answered with something that does not fit the question: " + result);
    }
}
