package io.metastore.recovery.branch;

import io.metastore.recovery.inspect.InspectedOp;
import io.metastore.recovery.inspect.InspectedRecord;
import java.util.Optional;

/**
 * A change that proposing a transaction again would make.
 *
 * @param op what it does
 * @param current the record of its key as it is now; empty when there is none, or when it is not about one key
 * @param since what became of its key; {@link Since#UNKNOWN} when it is about a range or a sequence
 */
public record ProposedChange(InspectedOp op, Optional<InspectedRecord> current, Since since) {}
