package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Gets an image when the leader's journal does not reach back far enough for this member. */
@FunctionalInterface
public interface ImageSource {
    /** A member that cannot get images. */
    ImageSource NONE = firstAvailable -> CompletableFuture.completedFuture(null);

    /**
     * Fetches an image and makes it this member's state. Called on an engine thread that may hold engine locks: hand over and return. Not called
     * again before the future is done.
     *
     * @param firstAvailable first entry the leader still has
     * @return where the state is now, which {@link io.metastore.raft.internal.engine.JournalConsumer#durablePosition()} says as well; null or
     *     failed to be asked again later
     */
    CompletableFuture<@Nullable LogPosition> fetch(LogPosition firstAvailable);
}
