package io.metastore.snapshot.files;

import io.metastore.api.CorruptStateException;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a member directory holds, found out by reading only. */
sealed interface DirectoryContents {

    /** Nothing of anybody's. */
    record Empty() implements DirectoryContents {}

    /** An initialisation of {@code epoch} was cut off; nothing else is there. */
    record Interrupted(long epoch) implements DirectoryContents {}

    /** A member, complete and as expected. */
    record Initialized(Identity identity, Membership membership, Acknowledgements acknowledged)
            implements DirectoryContents {}

    /**
     * Reads and verifies everything.
     *
     * @throws io.metastore.api.MetastoreException when it is none of the three; nothing was touched
     */
    static DirectoryContents read(FileLayer layer, Layout layout, Expectation expectation) throws IOException {
        return new Reader(layer, layout, expectation).read();
    }

    /** The same without an expectation, for whoever takes it as it is: also when a recovery has sealed it. */
    static DirectoryContents found(FileLayer layer, Layout layout) throws IOException {
        return new Reader(layer, layout, null).read();
    }

    /** One reading. */
    final class Reader {

        private final FileLayer layer;
        private final Layout layout;
        private final @Nullable Expectation expectation;

        private Reader(FileLayer layer, Layout layout, @Nullable Expectation expectation) {
            this.layer = layer;
            this.layout = layout;
            this.expectation = expectation;
        }

        private DirectoryContents read() throws IOException {
            List<String> names = layer.list(layout.root());
            if (names.contains(Layout.INITIALIZING)) {
                return interrupted(names);
            }
            boolean version = names.contains(Layout.VERSION);
            boolean role = names.contains(Layout.ROLE);
            if (version && role) {
                return initialized();
            }
            if (version || role) {
                throw Refusals.incomplete(
                        layout.root(),
                        "found=" + (version ? Layout.VERSION : Layout.ROLE) + " missing="
                                + (version ? Layout.ROLE : Layout.VERSION));
            }
            return empty(names);
        }

        private DirectoryContents empty(List<String> names) throws IOException {
            if (names.contains(Layout.STORES) && !storesAreEmpty()) {
                throw Refusals.incomplete(
                        layout.root(),
                        "missing=" + Layout.VERSION + ", " + Layout.ROLE + " although " + Layout.STORES
                                + " has content");
            }
            List<String> foreign =
                    without(names, Layout.LOCK, Layout.STORES, temporary(Layout.INITIALIZING), Layout.LOST_AND_FOUND);
            if (foreign.contains(Layout.INTENT)) { // It was written beside data: what is left is not a new member's.
                throw Refusals.emptied(layout.root(), Layout.VERSION + ", " + Layout.ROLE);
            }
            if (!foreign.isEmpty()) {
                List<String> some = foreign.subList(0, Math.min(5, foreign.size()));
                throw Refusals.mismatch(
                        layout.root(),
                        "content",
                        "an empty directory or a member's",
                        foreign.size() + " files that are not ours, such as " + some);
            }
            return new Empty();
        }

        private boolean storesAreEmpty() throws IOException {
            return others(layout.stores(), Layout.STORE).isEmpty() && isEmpty(layout.store());
        }

        /** Goes by what is there, not by the marker alone: a marker that comes back from a backup must not cost anybody's data. */
        private DirectoryContents interrupted(List<String> names) throws IOException {
            Path marker = layout.initializing();
            IdentityFiles.Initializing initializing = IdentityFiles.readInitializing(marker, layer.read(marker));
            long epoch = initializing.epoch();
            List<String> unexpected = new ArrayList<>(without(
                    names,
                    Layout.LOCK,
                    Layout.LOST_AND_FOUND,
                    Layout.STORES,
                    Layout.INITIALIZING,
                    temporary(Layout.INITIALIZING),
                    Layout.VERSION,
                    temporary(Layout.VERSION),
                    Layout.ROLE,
                    temporary(Layout.ROLE)));
            if (names.contains(Layout.STORES)) {
                unexpected.addAll(others(layout.stores(), Layout.STORE));
                unexpected.addAll(
                        others(layout.store(), Layout.CURRENT, temporary(Layout.CURRENT), Layout.epochName(epoch)));
                List<String> ours = others(layout.epoch(epoch), Layout.MEMBERSHIP, temporary(Layout.MEMBERSHIP));
                unexpected.addAll(initializing.images() ? without(ours, Layout.IMAGES) : ours);
            }
            if (!unexpected.isEmpty()) {
                throw new CorruptStateException(
                        "the marker of an unfinished initialisation stands beside other data: file="
                                + marker + " expected: nothing else found: " + unexpected
                                + "; nothing was changed; if this member was in use, delete the marker and open again");
            }
            return new Interrupted(epoch);
        }

        private DirectoryContents initialized() throws IOException {
            Path root = layout.root();
            var version = IdentityFiles.readVersion(layout.version(), layer.read(layout.version()));
            Identity identity = IdentityFiles.readRole(layout.role(), layer.read(layout.role()), version);
            if (expectation != null) {
                expectation.check(root, identity);
            }

            if (isEmpty(layout.store())) {
                throw Refusals.emptied(root, layout.store().toString());
            }
            if (layer.kind(layout.current()) == Kind.ABSENT) {
                throw Refusals.incomplete(root, "missing=" + layout.current());
            }
            long epoch = IdentityFiles.readCurrent(layout.current(), layer.read(layout.current()));
            if (isEmpty(layout.epoch(epoch))) {
                throw Refusals.emptied(root, layout.epoch(epoch).toString());
            }
            Path file = layout.membership(epoch);
            if (layer.kind(file) == Kind.ABSENT) {
                throw Refusals.incomplete(root, "missing=" + file);
            }
            Membership membership = IdentityFiles.readMembership(file, layer.read(file), identity.clusterId());
            if (membership.epoch() != epoch) {
                throw Refusals.damaged(
                        file, "epoch=" + epoch + " as in " + Layout.CURRENT, "epoch=" + membership.epoch(), null);
            }
            if (membership.formed()) {
                checkJournalIsThere(identity, epoch);
            }
            if (expectation != null) {
                checkNotSealed(identity, epoch);
            }
            return new Initialized(identity, membership, acknowledged(identity, epoch));
        }

        private Acknowledgements acknowledged(Identity identity, long epoch) throws IOException {
            Path file = layout.acknowledged(epoch);
            return layer.kind(file) == Kind.ABSENT
                    ? Acknowledgements.NONE
                    : IdentityFiles.readAcknowledged(file, layer.read(file), identity.clusterId(), epoch);
        }

        private void checkNotSealed(Identity identity, long epoch) throws IOException {
            if (layer.kind(layout.seal()) == Kind.ABSENT) {
                return;
            }
            Seal seal = RecoveryFiles.readSeal(layout.seal(), layer.read(layout.seal()), identity.clusterId());
            if (seal.forbids(epoch)) {
                throw new RecoveryRefusedException(
                        RecoveryRefusedException.Reason.SEALED,
                        "the directory is part of a recovery and takes no part in its epoch any more: directory="
                                + layout.root() + " epoch=" + epoch + " next=" + seal.next() + " recovery="
                                + seal.recovery() + " since=" + seal.since()
                                + "; nothing was changed; when the recovery is done let the member come back, with builder.rejoin() or an empty directory,"
                                + " else resume or abort it");
            }
        }

        /** Once a cluster has formed its journal is never empty, not even for a moment. */
        private void checkJournalIsThere(Identity identity, long epoch) throws IOException {
            String group = ClusterIds.groupId(identity.clusterId(), Layout.STORE, epoch)
                    .toString();
            Path entries = layout.journal(epoch).resolve(group).resolve("current");
            if (isEmpty(entries)) {
                throw Refusals.emptied(layout.root(), entries.toString());
            }
        }

        private boolean isEmpty(Path directory) throws IOException {
            return others(directory).isEmpty();
        }

        /** The names in a directory, if there is one, that are neither known nor put there by the file system. */
        private List<String> others(Path directory, String... known) throws IOException {
            Kind kind = layer.kind(directory);
            if (kind == Kind.ABSENT) {
                return List.of();
            }
            if (kind != Kind.DIRECTORY) {
                throw Refusals.damaged(directory, "a directory", kind.name(), null);
            }
            List<String> names = without(layer.list(directory), known);
            return without(names, Layout.LOST_AND_FOUND);
        }

        private static List<String> without(List<String> names, String... known) {
            Set<String> left = Set.of(known);
            return names.stream().filter(name -> !left.contains(name)).toList();
        }

        private static String temporary(String name) {
            return AtomicFile.temporary(Path.of(name)).toString();
        }
    }
}
