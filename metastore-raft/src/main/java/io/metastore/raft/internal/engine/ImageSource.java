package io.metastore.raft.internal.engine;

import io.metastore.api.LogPosition;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Gets an image when the leader's journal does not reach back far enough for this member. */
@FunctionalInterface
public interface ImageSource {
    /** A member that cannot get images. */
    ImageSource NONE = firstAvailable -> CompletableFuture.completedFuture(null);

    /**
     * Fetches an image; the state stays as it is. Called on an engine thread that may hold engine locks: hand over and return. Not called again before
     * the future is done.
     *
     * <p>From the moment the future is done, the engine may give up its journal in favour of the image at any time, the process may end in the middle
     * of it, and then {@link JournalExtent#image()} tells the next start which image it has to begin from. So the image must be on disk by then, verified,
     * and must stay until {@link JournalConsumer#reload} took it or another fetch has begun.
     *
     * @param firstAvailable first entry the leader still has; an image that does not reach to the one before it is of no use
     * @return position of the image; null or failed to be asked again later
     */
    CompletableFuture<@Nullable LogPosition> fetch(LogPosition firstAvailable);
}
