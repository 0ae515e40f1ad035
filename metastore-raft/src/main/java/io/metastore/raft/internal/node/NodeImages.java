package io.metastore.raft.internal.node;

import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.images.Condemnation;
import io.metastore.raft.internal.transfer.ImageFetcher;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.image.ImageReservation;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.image.PreparedState;
import io.metastore.snapshot.image.StateDirectories;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an image of another member in place of the live state, when the journals of the others do not reach back far enough for this one. The image is fetched
 * and a state built from it beside the live one while that goes on serving; the apply thread then puts it in place between two entries.
 *
 * <p>Any thread; {@link #reload} on the apply thread.
 */
final class NodeImages implements ImageSource {

    private static final Logger log = LoggerFactory.getLogger(NodeImages.class);

    private final String member;
    private final FileLayer files;
    private final ImageStore store;
    private final StateDirectories states;
    private final MetaState state;
    private final ImageFetcher fetcher;

    /** A state that is ready to take over, and the pin on its image. */
    private record Ready(PreparedState state, ImageReservation image) {}

    /** Guarded by this. */
    private @Nullable Ready ready;

    NodeImages(
            String member,
            FileLayer files,
            ImageStore store,
            StateDirectories states,
            MetaState state,
            ImageFetcher fetcher) {
        this.member = member;
        this.files = files;
        this.store = store;
        this.states = states;
        this.state = state;
        this.fetcher = fetcher;
    }

    ImageStore store() {
        return store;
    }

    @Override
    public CompletableFuture<@Nullable LogPosition> fetch(LogPosition firstAvailable) {
        log.info(
                "journal of the leader begins too late for this member, an image is needed: member={} applied={} firstAvailable={}",
                member,
                state.applied(),
                firstAvailable);
        return fetcher.fetch(firstAvailable.index()).thenApply(this::prepare);
    }

    private synchronized LogPosition prepare(PersistedImage image) {
        forget();
        ImageReservation pin = store.reserve(image.index());
        try {
            ready = new Ready(states.prepare(pin.image()), pin);
            return image.manifest().position();
        } catch (RuntimeException | Error e) {
            pin.close();
            throw e;
        }
    }

    /** Puts the fetched state in place of the live one. */
    LogPosition reload() {
        Ready now;
        synchronized (this) {
            now = ready;
            ready = null;
        }
        if (now == null) {
            throw new IllegalStateException("nothing was fetched: member=" + member);
        }
        try (ImageReservation pin = now.image();
                PreparedState prepared = now.state()) {
            Path directory = prepared.publish();
            replaced(state.replace(directory), directory);
            log.info(
                    "state was replaced by an image: member={} image={} applied={}",
                    member,
                    pin.image().directory(),
                    state.applied());
            return state.applied();
        }
    }

    /** The old state goes when nobody reads it any more. */
    @SuppressWarnings("FutureReturnValueIgnored") // The end of the chain.
    private void replaced(CompletableFuture<Void> closed, Path directory) {
        closed.whenComplete((nothing, failure) -> clean(directory));
    }

    private void clean(Path directory) {
        try {
            states.clean(directory);
        } catch (MetastoreException e) {
            log.warn("a state that was replaced was not deleted, the next start does: member={}", member, e);
        }
    }

    /** Sees to it that the next start does not take the live state. */
    void condemn(Condemnation why) {
        try {
            why.write(files, states.current());
            log.error("live state is not used again: member={} state={} because={}", member, states.current(), why);
        } catch (IOException e) {
            log.error("live state should not be used again, but that could not be noted: member={}", member, e);
        }
    }

    /** Ends what is fetched. Waits a moment for that. */
    void close() {
        fetcher.close();
        synchronized (this) {
            forget();
        }
    }

    private void forget() {
        Ready before = ready;
        ready = null;
        if (before != null) {
            before.state().close();
            before.image().close();
        }
    }
}
