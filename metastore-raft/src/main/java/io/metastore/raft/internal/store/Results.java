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
                case RANGE_TOO_LARGE -> misfit(result); // Those who ask for removals take this answer themselves.
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

    private static MetastoreException misfit(TransactionResult result) {
        return new StoreFailedException(
                "the journal answered with something that does not fit the question: " + result);
    }
}
