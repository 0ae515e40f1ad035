package io.metastore.snapshot.files;

import io.metastore.snapshot.files.FileLayer.Kind;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a recovery writes down in a member's directory, beside the epochs: its promise, what it is to do, and what is to be done at the next opening. */
final class RecoveryNotes {
    private static final Logger log = LoggerFactory.getLogger(EpochSuccession.class);

    private final OwnedFiles files;
    private final Layout layout;
    private final UUID cluster;

    RecoveryNotes(OwnedFiles files, Layout layout, UUID cluster) {
        this.files = files;
        this.layout = layout;
        this.cluster = cluster;
    }

    Optional<Seal> seal() {
        return files.read(layout.seal(), bytes -> RecoveryFiles.readSeal(layout.seal(), bytes, cluster));
    }

    void seal(Seal seal) {
        files.replace("seal", layout.seal(), RecoveryFiles.seal(cluster, seal));
        log.info(
                "directory is {}: directory={} epoch={} next={} recovery={} tip={}",
                seal.state(),
                layout.root(),
                seal.epoch(),
                seal.next(),
                seal.recovery(),
                seal.tip());
    }

    Optional<byte[]> order() {
        return files.read(layout.order(), bytes -> bytes);
    }

    void order(byte[] order) {
        files.replace("write the order down", layout.order(), order);
    }

    Optional<byte[]> intent() {
        return files.read(layout.intent(), bytes -> bytes);
    }

    void intend(byte[] intent) {
        files.replace("write the intent down", layout.intent(), intent);
        log.info("recovery is intended for the next opening: directory={}", layout.root());
    }

    boolean isSpent(UUID recovery) {
        return files.read(layout.spentIntent(recovery), bytes -> true).isPresent();
    }

    void spend(UUID recovery) {
        FileLayer layer = files.layer();
        files.write("put the intent aside", () -> {
            if (layer.kindOfName(layout.intent()) != Kind.ABSENT) {
                layer.rename(layout.intent(), layout.spentIntent(recovery));
            }
            layer.forceDirectory(layout.root());
        });
    }

    void discardIntent() {
        FileLayer layer = files.layer();
        files.write("delete the intent", () -> {
            layer.deleteTree(layout.intent());
            layer.forceDirectory(layout.root());
        });
    }

    void branch(long epoch, byte[] content) {
        FileLayer layer = files.layer();
        files.write("keep what went on nowhere else", () -> {
            if (layer.kind(layout.branches()) == Kind.ABSENT) {
                layer.createDirectory(layout.branches());
            }
            layer.forceDirectory(layout.store());
            AtomicFile.replace(layer, layout.branch(epoch), content);
        });
        log.info("branch is kept: file={} bytes={}", layout.branch(epoch), content.length);
    }

    /** Whether there was anything. */
    boolean discardFetched() {
        FileLayer layer = files.layer();
        AtomicBoolean found = new AtomicBoolean();
        files.write("delete what was fetched", () -> {
            if (layer.kindOfName(layout.fetched()) != Kind.ABSENT) {
                found.set(true);
                layer.deleteTree(layout.fetched());
                layer.forceDirectory(layout.store());
            }
        });
        return found.get();
    }
}
