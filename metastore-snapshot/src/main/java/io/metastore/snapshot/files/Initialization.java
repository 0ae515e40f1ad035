package io.metastore.snapshot.files;

import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.files.InitialContent.Place;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes an empty directory a member's, wholly or not at all. First a marker, durably; then everything else; then the marker is deleted, durably:
 * that is the moment at which the directory becomes a member's. As long as the marker is there the next open deletes what was written, the marker
 * last.
 */
final class Initialization {

    private final FileLayer layer;
    private final Layout layout;

    Initialization(FileLayer layer, Layout layout) {
        this.layer = layer;
        this.layout = layout;
    }

    /** Durable when it returns. When it fails the next open finds an empty directory or all of it. */
    void run(Identity identity, Membership membership, @Nullable InitialContent content) throws IOException {
        long epoch = membership.epoch();
        forceAncestors();
        AtomicFile.replace(layer, layout.initializing(), IdentityFiles.initializing(identity, epoch, content != null));

        layer.createDirectories(layout.epoch(epoch));
        layer.forceDirectory(
                layout.stores()); // The names there may be left over from an attempt that did not come this far.
        if (content != null) {
            layer.createDirectories(layout.images(epoch));
            content.write(layer, new Place(layout.images(epoch), identity.clusterId(), Layout.STORE, membership));
        }
        AtomicFile.replace(layer, layout.membership(epoch), IdentityFiles.membership(identity.clusterId(), membership));
        AtomicFile.replace(layer, layout.current(), IdentityFiles.current(epoch));
        AtomicFile.replace(layer, layout.role(), IdentityFiles.role(identity));
        AtomicFile.replace(layer, layout.version(), IdentityFiles.version(identity));

        layer.delete(layout.initializing());
        layer.forceDirectory(layout.root());
    }

    /** Fails when what {@link #run} has written is not what is read. */
    void checkReadsBack(Identity identity, Membership membership, Expectation expectation) throws IOException {
        DirectoryContents found;
        try {
            found = DirectoryContents.read(layer, layout, expectation);
        } catch (MetastoreException e) {
            throw new IOException("what was just written cannot be read back", e);
        }
        if (!found.equals(new DirectoryContents.Initialized(identity, membership, Acknowledgements.NONE))) {
            throw new IOException("what was just written reads back differently: found=" + found);
        }
    }

    /** Takes back an initialisation that was cut off; durable when it returns, to be repeated when it fails. */
    void undo(long epoch) throws IOException {
        layer.deleteTree(layout.images(epoch));
        deleteIfPresent(layout.membership(epoch));
        deleteIfPresent(layout.epoch(epoch));
        deleteIfPresent(layout.current());
        if (layer.kind(layout.store()) == Kind.DIRECTORY) {
            layer.forceDirectory(layout.store());
        }
        deleteIfPresent(layout.role());
        deleteIfPresent(layout.version());
        layer.forceDirectory(layout.root());

        deleteIfPresent(layout.initializing());
        layer.forceDirectory(layout.root());
    }

    /** Deletes temporaries of a member's directory and makes durable what was read from it: a process that died may not have come to force it. */
    void settle(long epoch) throws IOException {
        Path membership = layout.membership(epoch);
        Path acknowledged = layout.acknowledged(epoch);
        for (Path file : List.of(
                layout.role(), layout.version(), layout.initializing(), layout.current(), membership, acknowledged)) {
            AtomicFile.deleteLeftover(layer, file);
        }
        layer.forceDirectory(layout.epoch(epoch));
        layer.forceDirectory(layout.store());
        layer.forceDirectory(layout.root());
    }

    private void deleteIfPresent(Path path) throws IOException {
        if (layer.kind(path) != Kind.ABSENT) {
            layer.delete(path);
        }
        AtomicFile.deleteLeftover(layer, path);
    }

    /** The directory's own name, and those above it, may have been created by a process that died before it forced them. */
    private void forceAncestors() throws IOException {
        for (Path parent = layout.root().getParent(); parent != null; parent = parent.getParent()) {
            try {
                layer.forceDirectory(parent);
            } catch (AccessDeniedException e) {
                return; // Not ours to read, so not ours to have created.
            }
        }
    }
}
