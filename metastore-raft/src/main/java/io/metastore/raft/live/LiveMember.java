package io.metastore.raft.live;

import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.StoreState;
import io.metastore.api.StoreStatus;
import io.metastore.raft.internal.node.CurrentNode;
import io.metastore.raft.internal.node.OpenStores;
import io.metastore.raft.internal.store.RaftMetaStore;
import io.metastore.snapshot.files.MemberDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * A member of a store that is open in this process, for a recovery which gives it another epoch while the store stays open. Whoever uses the store notices that
 * writes are refused as {@link io.metastore.api.UnavailableException} for a while, and nothing else.
 *
 * <p>Callable from any thread; exchanges of one member exclude each other.
 */
public final class LiveMember {

    private final CurrentNode current;

    private LiveMember(CurrentNode current) {
        this.current = current;
    }

    /**
     * The member of a store.
     *
     * @throws IllegalArgumentException it is not a store of this library
     */
    public static LiveMember of(MetaStore store) {
        if (store instanceof RaftMetaStore raft) {
            return new LiveMember(raft.current());
        }
        throw new IllegalArgumentException(
                "not a store of this library: " + store.getClass().getName());
    }

    /**
     * The member that has a directory open.
     *
     * @param directory its real path
     * @return empty when no store of this process has it
     */
    public static Optional<LiveMember> at(Path directory) {
        return OpenStores.at(directory).map(LiveMember::new);
    }

    /** Its directory, by the real path. */
    public Path directory() {
        return current.directory();
    }

    /** What it sees of the cluster; asks the others. */
    public StoreStatus status() {
        return current.get().status();
    }

    /** What it can do; asks nobody. */
    public StoreState state() {
        return current.get().storeState();
    }

    /**
     * Ends the member's part in its epoch, lets something be done to its directory, and opens that again, whether it was done or not. Local reads are served all
     * the while. Blocks for as long as the action does and opening takes.
     *
     * @param why in words; shown while it lasts
     * @param action what is done, by whoever holds the directory; it may find that it was done before. The journal is closed, the state is at rest
     * @return what the action returned; when it leaves the directory sealed in its epoch the member is {@link StoreState#RECOVERING} then, otherwise open again
     * @throws io.metastore.api.MetastoreException the action failed, or the directory cannot be opened afterwards: local reads go on, and this may be called again
     * @throws io.metastore.api.UnavailableException another exchange is under way
     */
    public <T> T exchange(String why, Function<MemberDirectory, T> action) {
        return current.exchange(why, action);
    }

    /**
     * Waits until the member leads and the beginning of an epoch is on record.
     *
     * @throws io.metastore.api.MetastoreException it has stopped
     * @return false when that took longer
     */
    public boolean awaitBegun(long epoch, Duration atMost) {
        return current.awaitBegun(epoch, atMost);
    }

    /** Makes an image; blocks until it is verified. */
    public Image makeImage() {
        return current.get().checkpoints().create();
    }
}
