package io.metastore.snapshot.state;

import io.metastore.snapshot.journal.TransactionResult;
import java.io.Serial;

/** A transaction cannot be applied; becomes its {@link TransactionResult.Failed}. Thrown inside the interpretation only, without a stack trace. */
final class Rejection extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final TransactionResult.Code code;

    Rejection(TransactionResult.Code code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    TransactionResult.Failed result() {
        return new TransactionResult.Failed(code, String.valueOf(getMessage()));
    }
}
