package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.StateCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An image that is being made; from {@link ImageStore#begin}. Nobody else sees it until it is persisted. Used by one thread, and closed by it.
 */
public final class PendingImage implements AutoCloseable {

    private final FileLayer files;
    private final ImageStore store;
    private final Path directory;
    private final Lineage lineage;
    private final Inspector inspector;
    private long digestedBytes;
    private boolean used;
    private boolean closed;

    PendingImage(FileLayer files, ImageStore store, Path directory, Lineage lineage, Inspector inspector) {
        this.files = files;
        this.store = store;
        this.directory = directory;
        this.lineage = lineage;
        this.inspector = inspector;
    }

    /** Where {@link io.metastore.snapshot.state.MetaState#checkpoint} is to put it; does not exist yet. */
    public Path directory() {
        return directory;
    }

    /**
     * Makes it an image: forces its files, opens it in isolation and compares it with what the living state was at that moment, takes the digests, writes the
     * manifest, and gives it its name. Durable and read back when it returns. When this fails nothing is published.
     *
     * @param checkpoint what {@link io.metastore.snapshot.state.MetaState#checkpoint} said of it
     * @return the image; when there is a sound one of this state already, that one
     * @throws CorruptStateException it does not hold what the living state was
     * @throws io.metastore.api.DirectoryUnusableException the disk refused
     * @throws io.metastore.api.StoreFailedException something could not be forced before
     */
    public PersistedImage persist(StateCheckpoint checkpoint, ImageFacts facts) {
        return persist(checkpoint, facts, ImageProgress.NONE);
    }

    /** As above; hears how far the digests are, which take the longest. */
    public PersistedImage persist(StateCheckpoint checkpoint, ImageFacts facts, ImageProgress progress) {
        if (closed || used || !checkpoint.directory().equals(directory)) {
            throw new IllegalStateException("this image cannot be persisted: directory=" + directory + " checkpoint="
                    + checkpoint.directory() + " persistedBefore=" + used + " closed=" + closed);
        }
        used = true;
        try {
            List<String> names = names();
            Map<String, String> shared = shared(names);
            force(names, shared.keySet());
            AppliedState at = verified(checkpoint, facts.recompute());
            return store.publish(facts.manifest(lineage, at, digests(names, shared, progress)));
        } catch (IOException e) {
            throw store.failed("persist an image", e);
        }
    }

    private List<String> names() throws IOException {
        List<String> names = files.list(directory);
        for (String name : names) {
            Kind kind = files.kindOfName(directory.resolve(name));
            if (kind != Kind.FILE) {
                throw new CorruptStateException("a checkpoint has something that is no file: path="
                        + directory.resolve(name) + " expected: " + Kind.FILE + " found: " + kind);
            }
        }
        return names;
    }

    /** Digests by name of the table files that the newest image has as well, the very same files: from its manifest. */
    private Map<String, String> shared(List<String> names) throws IOException {
        Map<String, String> shared = new HashMap<>();
        if (!store.images().isEmpty()) {
            PersistedImage newest = store.images().get(0);
            for (String name : names) {
                String digest = known(newest, name);
                if (digest != null) {
                    shared.put(name, digest);
                }
            }
        }
        return shared;
    }

    private @Nullable String known(PersistedImage image, String name) throws IOException {
        Path path = directory.resolve(name);
        ImageFile file = image.manifest().file(name);
        if (file == null || !file.isImmutable() || file.bytes() != files.size(path)) {
            return null;
        }
        Path there = image.directory().resolve(name);
        boolean same = files.kindOfName(there) == Kind.FILE && files.isSameFile(path, there);
        return same ? file.sha256() : null;
    }

    /** What an image has was forced before that was published, and each force makes the disk, and with it the journal, wait. */
    private void force(List<String> names, Set<String> forced) throws IOException {
        for (String name : names) {
            if (!forced.contains(name)) {
                files.force(directory.resolve(name));
            }
        }
    }

    private AppliedState verified(StateCheckpoint checkpoint, boolean recompute) {
        try (Inspector.Inspected state = inspector.open(directory)) {
            AppliedState at = state.at();
            AppliedState live = checkpoint.live(state.sequence());
            if (live != null && !live.equals(at)) {
                throw refused(at, "living state", live);
            }
            if (live == null || recompute) {
                String recomputed = state.recomputed();
                if (!recomputed.equals(at.fingerprint())) {
                    throw refused(at, "fingerprint of all records", recomputed);
                }
            }
            if (at.position().index() < 0) {
                throw new IllegalStateException("nothing was applied yet, so there is nothing to make an image of");
            }
            return at;
        }
    }

    private CorruptStateException refused(AppliedState found, String what, Object expected) {
        return new CorruptStateException("a checkpoint does not hold the state it was made of: directory=" + directory
                + " " + what + ": " + expected + " checkpoint: " + found + " fingerprint=" + found.fingerprint()
                + "; it was not published, no older image is touched; look into this member's disk and memory");
    }

    private List<ImageFile> digests(List<String> names, Map<String, String> shared, ImageProgress progress)
            throws IOException {
        FileDigests digests = new FileDigests(files, directory, (name, bytes) -> shared.get(name), progress);
        try {
            return digests.take(names);
        } finally {
            digestedBytes = digests.readBytes();
        }
    }

    /** Bytes that were read to take their digest; the others were known from the image before. */
    public long digestedBytes() {
        return digestedBytes;
    }

    /** Deletes it unless it was published. Idempotent; what cannot be deleted goes when the next one is begun. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            store.ended();
        }
    }
}
