package io.metastore.snapshot.image;

import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directories of the living state in the directory of an epoch: {@code state}, {@code state.2}, {@code state.3} and so on. The one with the highest number
 * is the state; a new one gets its name when it is complete.
 *
 * <p>Callable from any thread; one new state is prepared at a time.
 */
public final class StateDirectories {

    private static final String FIRST = "state";
    private static final String NEW = "state.new";
    private static final Pattern LATER = Pattern.compile("state\\.([2-9]|[1-9][0-9]{1,17})");

    private final FileLayer files;
    private final Path epoch;
    private final ContentCheck content;
    /** Guarded by this. */
    private boolean preparing;

    /**
     * Looks at nothing yet.
     *
     * @param epoch exists
     */
    public StateDirectories(FileLayer files, Path epoch) {
        this(files, epoch, new StateCheck());
    }

    StateDirectories(FileLayer files, Path epoch, ContentCheck content) {
        this.files = files;
        this.epoch = epoch;
        this.content = content;
    }

    /**
     * Where the state is, or is to be created when there is none yet; its name is durable.
     *
     * @throws io.metastore.api.DirectoryUnusableException the epoch's directory cannot be read
     */
    public synchronized Path current() {
        try {
            long highest = highest();
            if (highest > 1) {
                files.forceDirectory(epoch); // A process that died may have named it without getting so far.
            }
            return generation(Math.max(1, highest));
        } catch (IOException e) {
            throw ImageErrors.unusable("look for the state", epoch, e);
        }
    }

    /** 0 when there is none. */
    private long highest() throws IOException {
        return generations().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private List<Long> generations() throws IOException {
        List<Long> generations = new ArrayList<>();
        for (String name : files.list(epoch)) {
            long generation = generation(name);
            if (generation > 0) {
                generations.add(generation);
            }
        }
        return generations;
    }

    /** 0 when the name is none of a state. */
    private static long generation(String name) {
        if (name.equals(FIRST)) {
            return 1;
        }
        Matcher later = LATER.matcher(name);
        return later.matches() ? Long.parseLong(later.group(1)) : 0;
    }

    private Path generation(long number) {
        return epoch.resolve(number == 1 ? FIRST : FIRST + "." + number);
    }

    /**
     * Builds a new state from an image, beside the one there is; to be closed. The image must be kept from being deleted meanwhile.
     *
     * @throws io.metastore.api.CorruptStateException the image is not what its manifest says
     * @throws io.metastore.api.DirectoryUnusableException the disk refused
     */
    public PreparedState prepare(PersistedImage image) {
        return prepare(directory -> {
            StateClone.of(files, image, directory);
            content.check(directory, image.manifest());
        });
    }

    /**
     * A new state without anything in it, for a journal that has its first entry; to be closed.
     *
     * @throws io.metastore.api.DirectoryUnusableException the disk refused
     */
    public PreparedState prepareEmpty() {
        return prepare(directory -> {
            files.createDirectory(directory);
            files.forceDirectory(directory);
        });
    }

    /** Makes the directory of a new state. */
    @FunctionalInterface
    private interface Making {
        void in(Path directory) throws IOException;
    }

    private PreparedState prepare(Making making) {
        synchronized (this) {
            if (preparing) {
                throw new IllegalStateException("another state is being prepared: epoch=" + epoch);
            }
            preparing = true;
        }
        PreparedState prepared = new PreparedState(this, epoch.resolve(NEW));
        try {
            files.deleteTree(epoch.resolve(NEW)); // Of one that was cut off.
            making.in(epoch.resolve(NEW));
            return prepared;
        } catch (IOException e) {
            prepared.close();
            throw ImageErrors.unusable("prepare a state", epoch, e);
        } catch (RuntimeException | Error e) {
            prepared.close();
            throw e;
        }
    }

    synchronized Path publish() {
        Path published;
        try {
            published = generation(highest() + 1);
        } catch (IOException e) {
            throw ImageErrors.unusable("publish a state", epoch, e);
        }
        try {
            files.rename(epoch.resolve(NEW), published);
            files.forceDirectory(epoch);
            return published;
        } catch (IOException e) {
            throw new StoreFailedException(
                    "nobody knows which state is the one of this member after a power loss: epoch=" + epoch + " reason="
                            + e + "; each of them is sound; check the disk, then reopen the store",
                    e);
        }
    }

    /** What was prepared is given up, or published already. */
    void ended() throws IOException {
        try {
            files.deleteTree(epoch.resolve(NEW));
        } finally {
            synchronized (this) {
                preparing = false;
            }
        }
    }

    /**
     * Deletes all states before one, and what was cut off while it was prepared.
     *
     * @param keep the one that is used
     * @throws io.metastore.api.DirectoryUnusableException the disk refused; to be repeated
     */
    public synchronized void clean(Path keep) {
        long kept = generation(String.valueOf(keep.getFileName()));
        if (kept == 0 || !epoch.equals(keep.getParent())) {
            throw new IllegalArgumentException("not the directory of a state: path=" + keep + " epoch=" + epoch);
        }
        try {
            List<Path> old = new ArrayList<>();
            for (long generation : generations()) {
                if (generation < kept) {
                    old.add(generation(generation));
                }
            }
            if (!old.isEmpty()) {
                files.forceDirectory(epoch); // The name of the one that is kept, before the others go.
            }
            for (Path state : old) {
                files.deleteTree(state);
            }
            if (!preparing) {
                files.deleteTree(epoch.resolve(NEW));
            }
        } catch (IOException e) {
            throw ImageErrors.unusable("delete what was replaced", epoch, e);
        }
    }
}
