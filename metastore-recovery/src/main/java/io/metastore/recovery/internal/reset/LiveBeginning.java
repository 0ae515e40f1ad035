package io.metastore.recovery.internal.reset;

import io.metastore.api.Image;
import io.metastore.api.MetastoreException;
import io.metastore.api.UnavailableException;
import io.metastore.raft.live.LiveMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What is left to do when a store of this process goes on in a new epoch: wait until it leads and has written down how the epoch began, then make an image. */
public final class LiveBeginning {
    private static final Duration BEGUN_MAX = Duration.ofMinutes(5);

    private final Path directory;

    public LiveBeginning(Path directory) {
        this.directory = directory;
    }

    /**
     * Returns when it serves writes and there is an image of the epoch.
     *
     * @param done hears what was done, in words
     */
    public void complete(long epoch, List<String> done) {
        LiveMember member = LiveMember.at(directory)
                .orElseThrow(() -> new UnavailableException("the store was closed while it was recovered: directory="
                        + directory + " epoch=" + epoch + "; the recovery is done, open the store"));
        if (!member.awaitBegun(epoch, BEGUN_MAX)) {
            throw new UnavailableException(
                    "the store does not lead its new epoch yet: directory=" + directory + " epoch="
                            + epoch + " waited=" + BEGUN_MAX + " state=" + member.state()
                            + "; the recovery is done, look at its health()");
        }
        done.add("the store goes on and leads epoch " + epoch);
        try {
            Image image = member.makeImage();
            done.add("image at index " + image.position().index() + " was made");
        } catch (MetastoreException e) {
            done.add("no image was made: " + e.getMessage() + "; checkpoints().create() makes one");
        }
    }
}
