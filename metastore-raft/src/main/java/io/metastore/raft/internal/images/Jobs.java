package io.metastore.raft.internal.images;

import io.metastore.api.OperationType;
import io.metastore.api.Progress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Who keeps the list of long work. Callable from any thread, never blocks. */
public interface Jobs {

    /** Somebody has asked for work that waits for its turn. */
    Job begin(OperationType type);

    /** Work that nobody asked for has failed. */
    void failedByItself(OperationType type, Instant started, String error);

    /** One piece of work that somebody asked for. */
    interface Job {

        /** Its turn has come. */
        void running();

        /** How far it has come. */
        void reached(Progress progress);

        /**
         * Asked now and then by the work.
         *
         * @throws io.metastore.api.OperationFailedException somebody has cancelled it
         */
        void checkWanted();

        /** It is over. The first end counts. */
        void ended(@Nullable Throwable failure);
    }
}
