package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.StateInspection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes images and state of one epoch over into the next: files that never change are shared through hard links, so it costs little space, and what the old epoch
 * has is not touched. Images become images of the new lineage, with the same content.
 *
 * <p>For whoever holds the member's directory exclusively; for one thread. Everything is durable when a method returns, but for the names in the new epoch's
 * directory itself.
 */
public final class EpochContent {

    private final FileLayer files;
    private final Path from;
    private final Path to;
    private final Predicate<LogPosition> usable;

    /** What was not taken over and why, in words. */
    private final List<String> leftOut = new ArrayList<>();

    /**
     * Does nothing yet.
     *
     * @param from directory of the epoch before
     * @param to directory of the next one
     * @param usable whether the journal that is taken over goes on from a position
     */
    public EpochContent(FileLayer files, Path from, Path to, Predicate<LogPosition> usable) {
        this.files = files;
        this.from = from;
        this.to = to;
        this.usable = usable;
    }

    /** What was not taken over and why, in words; grows with each call. */
    public List<String> leftOut() {
        return List.copyOf(leftOut);
    }

    /**
     * Takes the sound images over. One that a disk fails to read is not left out: it may be sound.
     *
     * @param next whose images they become
     * @return they
     */
    public List<PersistedImage> images(Lineage before, Lineage next, Predicate<PersistedImage> trusted)
            throws IOException {
        List<PersistedImage> taken = new ArrayList<>();
        Path source = from.resolve("image");
        Path target = to.resolve("image");
        files.createDirectory(target);
        if (files.kind(source) == Kind.DIRECTORY) {
            ImageDirectory directory = new ImageDirectory(files, source, before);
            for (Path named : directory.named()) {
                PersistedImage image = checked(directory, named);
                if (image == null) {
                    continue;
                }
                if (!usable.test(image.manifest().position())) {
                    leftOut.add("image " + image.directory() + ": the journal does not go on from "
                            + image.manifest().position());
                } else if (!trusted.test(image)) {
                    leftOut.add("image " + image.directory() + ": it was made of a state that was wrong");
                } else {
                    taken.add(take(
                            image,
                            target.resolve(String.valueOf(image.directory().getFileName())),
                            next));
                }
            }
        }
        files.forceDirectory(target);
        return taken;
    }

    private @Nullable PersistedImage checked(ImageDirectory directory, Path named) throws IOException {
        try {
            return directory.check(named);
        } catch (CorruptStateException e) {
            leftOut.add("image " + named + ": " + e.getMessage());
            return null;
        }
    }

    private PersistedImage take(PersistedImage image, Path target, Lineage next) throws IOException {
        ImageManifest manifest = image.manifest().inEpoch(next.epoch());
        StateClone.of(files, image, target);
        Publication.seal(files, target, manifest);
        return new PersistedImage(target, manifest);
    }

    /**
     * Takes the state over when it is sound.
     *
     * @param doubt why it must not be used; null when nothing speaks against it
     * @return what it is; null when there is none that can be used
     */
    public @Nullable AppliedState state(@Nullable String doubt) throws IOException {
        Path source = new StateDirectories(files, from).current();
        if (files.kind(source) != Kind.DIRECTORY) {
            leftOut.add("state " + source + ": there is none");
            return null;
        }
        if (doubt != null) {
            leftOut.add("state " + source + ": " + doubt);
            return null;
        }
        Path target = to.resolve("state");
        List<String> names =
                files.list(source).stream().filter(EpochContent::isOfState).toList();
        StateClone.of(files, source, names, target);
        String why;
        try (StateInspection state = StateInspection.open(files, target)) {
            if (usable.test(state.at().position())) {
                return state.at();
            }
            why = "the journal does not go on from " + state.at().position();
        } catch (CorruptStateException | StoreFailedException e) {
            why = String.valueOf(e.getMessage());
        }
        leftOut.add("state " + source + ": " + why);
        files.deleteTree(target);
        return null;
    }

    /** The others are RocksDB's log of its doings and its lock. */
    private static boolean isOfState(String name) {
        return !name.equals("LOCK") && !name.equals("LOG") && !name.startsWith("LOG.old.");
    }

    /** The state directory of an epoch that is the live one there; need not exist. */
    public static Path stateOf(FileLayer files, Path epoch) {
        return new StateDirectories(files, epoch).current();
    }
}
