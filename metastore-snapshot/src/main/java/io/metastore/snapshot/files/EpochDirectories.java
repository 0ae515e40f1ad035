package io.metastore.snapshot.files;

import io.metastore.snapshot.files.FileLayer.Kind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** The directories of a member's epochs, and the file that says which is live. Every change is durable when it returns, and may be repeated when it was cut off. */
final class EpochDirectories {
    /** Behind the name of an epoch that was live and is not any more. */
    static final String TAKEN_BACK = ".taken-back";

    private final OwnedFiles files;
    private final FileLayer layer;
    private final Layout layout;
    private final UUID cluster;

    EpochDirectories(OwnedFiles files, Layout layout, UUID cluster) {
        this.files = files;
        this.layer = files.layer();
        this.layout = layout;
        this.cluster = cluster;
    }

    Optional<Genesis> genesis(long epoch) {
        Path file = layout.genesis(epoch);
        return files.read(file, bytes -> RecoveryFiles.readGenesis(file, bytes, cluster));
    }

    /** Empty when there is no such epoch. */
    Optional<Membership> membership(long epoch) {
        Path file = layout.membership(epoch);
        return files.read(file, bytes -> IdentityFiles.readMembership(file, bytes, cluster));
    }

    /** Empty, in place of what was there. */
    void create(long epoch) {
        files.write("make room for the next epoch", () -> {
            layer.deleteTree(layout.epoch(epoch));
            layer.createDirectory(layout.epoch(epoch));
            layer.forceDirectory(layout.store());
        });
    }

    void delete(long epoch) {
        files.write("delete what was begun", () -> {
            layer.deleteTree(layout.epoch(epoch));
            layer.forceDirectory(layout.store());
        });
    }

    /** Makes one the live one of which it is written down how it began. */
    void publish(Membership members, Genesis genesis) {
        long epoch = genesis.epoch();
        files.write("make the next epoch the live one", () -> {
            AtomicFile.replace(layer, layout.membership(epoch), IdentityFiles.membership(cluster, members));
            AtomicFile.replace(layer, layout.genesis(epoch), RecoveryFiles.genesis(cluster, genesis));
            layer.forceDirectory(layout.epoch(epoch));
            layer.forceDirectory(layout.store());
            AtomicFile.replace(layer, layout.current(), IdentityFiles.current(epoch));
        });
    }

    /** Makes one the live one in which this member is somebody else. */
    void enter(Membership members, Identity self) {
        long epoch = members.epoch();
        files.write("enter the next epoch", () -> {
            AtomicFile.replace(layer, layout.membership(epoch), IdentityFiles.membership(cluster, members));
            layer.forceDirectory(layout.epoch(epoch));
            layer.forceDirectory(layout.store());
            AtomicFile.replace(layer, layout.role(), IdentityFiles.role(self));
            AtomicFile.replace(layer, layout.current(), IdentityFiles.current(epoch));
        });
    }

    /** Makes an earlier one the live one again. */
    void returnTo(long epoch) {
        files.replace("make the epoch before the live one again", layout.current(), IdentityFiles.current(epoch));
    }

    /** Gives one a name that is none of an epoch; nothing when it is not there. */
    void setAside(long epoch) {
        Path from = layout.epoch(epoch);
        Path to = from.resolveSibling(Layout.epochName(epoch) + TAKEN_BACK);
        files.write("set an epoch aside", () -> {
            if (layer.kind(from) == Kind.DIRECTORY) {
                layer.rename(from, to);
                layer.forceDirectory(layout.store());
            }
        });
    }
}
