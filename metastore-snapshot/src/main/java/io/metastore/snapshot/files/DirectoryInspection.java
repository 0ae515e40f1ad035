package io.metastore.snapshot.files;

import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the small files of a member's directory say, each taken by itself: for a directory that may be damaged, incomplete, a copy, or in use. {@link
 * MemberDirectory} opens one to work in it and refuses all that.
 *
 * <p>Reads {@code VERSION}, {@code ROLE}, {@code CURRENT}, {@code SEAL} and {@code membership}, and nothing else: never {@code LOCK}, as closing it would free the lock of a
 * member in this process. Writes nothing.
 *
 * @param root the directory
 * @param clusterId by {@code VERSION}, or where that cannot be read by {@code ROLE} or {@code membership}
 * @param self which member's it is, by {@code ROLE}
 * @param epoch the live one by {@code CURRENT}, or where that cannot be read the latest there is
 * @param epochs that have a directory, ascending
 * @param membership of the live epoch
 * @param seal what a recovery has promised
 * @param flaws what cannot be read, is missing, or contradicts the rest
 */
public record DirectoryInspection(
        Path root,
        Optional<UUID> clusterId,
        Optional<Self> self,
        Optional<Long> epoch,
        List<Long> epochs,
        Optional<Membership> membership,
        Optional<Seal> seal,
        List<Flaw> flaws) {

    /** A member by its {@code ROLE}. */
    public record Self(String member, UUID incarnation, MemberRole role, String address) {}

    /**
     * Something that is not as it should be.
     *
     * @param file where
     * @param what for people
     * @param ofMembership whether only our copy of the membership is concerned
     */
    public record Flaw(Path file, String what, boolean ofMembership) {}

    public DirectoryInspection {
        epochs = List.copyOf(epochs);
        flaws = List.copyOf(flaws);
    }

    /** Reads what can be read. Fails for no content; a disk that cannot read is a flaw as well. */
    public static DirectoryInspection of(FileLayer layer, Path directory) {
        return new Reader(layer, new Layout(directory)).read();
    }

    /** The store whose files were looked for. */
    public String store() {
        return Layout.STORE;
    }

    /** Where everything of the live epoch is; empty when there is no epoch. */
    public Optional<Path> epochDirectory() {
        return epoch.map(new Layout(root)::epoch);
    }

    /** Where the journal's groups are. */
    public Optional<Path> journalDirectory() {
        return epoch.map(new Layout(root)::journal);
    }

    /** Where the images are. */
    public Optional<Path> imageDirectory() {
        return epoch.map(new Layout(root)::images);
    }

    /** Where the branches are that were kept when the member came back into epochs that others began; need not exist. */
    public Path branchDirectory() {
        return new Layout(root).branches();
    }

    /** The group of the live epoch's journal, which names its directory; empty when the cluster or the epoch is not known. */
    public Optional<UUID> group() {
        return clusterId.flatMap(cluster -> epoch.map(live -> ClusterIds.groupId(cluster, Layout.STORE, live)));
    }

    /** One reading. */
    private static final class Reader {

        private final FileLayer layer;
        private final Layout layout;
        private final List<Flaw> flaws = new ArrayList<>();
        private @Nullable UUID cluster;

        private Reader(FileLayer layer, Layout layout) {
            this.layer = layer;
            this.layout = layout;
        }

        /** Reads one of the files. */
        private interface Parsing<T> {
            T read(byte[] bytes);
        }

        private DirectoryInspection read() {
            if (!isThere()) {
                return new DirectoryInspection(
                        layout.root(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        flaws);
            }
            parse(
                    layout.version(),
                    false,
                    bytes -> same(
                            layout.version(),
                            IdentityFiles.readVersion(layout.version(), bytes).clusterId()));
            Optional<Self> self = parse(layout.role(), false, this::self);
            List<Long> epochs = epochs();
            Optional<Long> epoch =
                    parse(layout.current(), false, bytes -> IdentityFiles.readCurrent(layout.current(), bytes));
            if (epoch.isEmpty() && !epochs.isEmpty()) {
                epoch = Optional.of(epochs.get(epochs.size() - 1));
            }
            Optional<Membership> membership = epoch.flatMap(this::membership);
            Optional<Seal> seal = seal();
            return new DirectoryInspection(
                    layout.root(), Optional.ofNullable(cluster), self, epoch, epochs, membership, seal, flaws);
        }

        private boolean isThere() {
            try {
                Kind kind = layer.kind(layout.root());
                if (kind != Kind.DIRECTORY) {
                    flaw(layout.root(), "expected: a directory found: " + kind);
                    return false;
                }
                if (layer.kind(layout.initializing()) != Kind.ABSENT) {
                    flaw(layout.initializing(), "an initialisation was cut off: this was no member's yet");
                }
                return true;
            } catch (IOException e) {
                flaw(layout.root(), "cannot be read: " + e);
                return false;
            }
        }

        private <T> Optional<T> parse(Path file, boolean ofMembership, Parsing<T> parsing) {
            try {
                Kind kind = layer.kind(file);
                if (kind != Kind.FILE) {
                    flaws.add(new Flaw(file, "expected: a file found: " + kind, ofMembership));
                    return Optional.empty();
                }
                return Optional.of(parsing.read(layer.read(file)));
            } catch (IOException e) {
                flaws.add(new Flaw(file, "cannot be read: " + e, ofMembership));
            } catch (MetastoreException e) {
                flaws.add(new Flaw(file, String.valueOf(e.getMessage()), ofMembership));
            }
            return Optional.empty();
        }

        private Self self(byte[] bytes) {
            return Facts.read(layout.role(), bytes, "metastore-role", 1).build(facts -> {
                same(layout.role(), facts.uuid("cluster"));
                String name = facts.text("member");
                UUID incarnation = facts.uuid("incarnation");
                MemberRole role = facts.parsed("role", MemberRole::of, MemberRole::text);
                facts.parsed("startedAs", MemberRole::of, MemberRole::text);
                return new Self(name, incarnation, role, facts.text("address"));
            });
        }

        private Optional<Membership> membership(long epoch) {
            Path file = layout.membership(epoch);
            Optional<Membership> found = parse(file, true, bytes -> {
                UUID named = Facts.read(file, bytes, "metastore-membership", 1).uuid("cluster");
                same(file, named);
                return IdentityFiles.readMembership(file, bytes, named);
            });
            if (found.isPresent() && found.get().epoch() != epoch) {
                flaws.add(new Flaw(
                        file,
                        "expected: epoch=" + epoch + " found: epoch="
                                + found.get().epoch(),
                        true));
                return Optional.empty();
            }
            return found;
        }

        /** Absent unless a recovery was begun. */
        private Optional<Seal> seal() {
            try {
                if (layer.kind(layout.seal()) == Kind.ABSENT) {
                    return Optional.empty();
                }
            } catch (IOException e) {
                flaw(layout.seal(), "cannot be read: " + e);
                return Optional.empty();
            }
            return parse(layout.seal(), false, bytes -> {
                UUID named = Facts.read(layout.seal(), bytes, RecoveryFiles.SEAL, RecoveryFiles.SEAL_2)
                        .uuid("cluster");
                return RecoveryFiles.readSeal(layout.seal(), bytes, same(layout.seal(), named));
            });
        }

        /** The first file that names a cluster is believed. */
        private UUID same(Path file, UUID named) {
            if (cluster == null) {
                cluster = named;
            } else if (!cluster.equals(named)) {
                flaw(file, "expected: cluster=" + cluster + " found: cluster=" + named);
            }
            return named;
        }

        private List<Long> epochs() {
            List<Long> epochs = new ArrayList<>();
            try {
                if (layer.kind(layout.store()) != Kind.DIRECTORY) {
                    flaw(layout.store(), "expected: a directory found: " + layer.kind(layout.store()));
                    return epochs;
                }
                for (String name : layer.list(layout.store())) {
                    if (Layout.isEpochName(name)) {
                        epochs.add(Layout.epochOf(name));
                    }
                }
            } catch (IOException e) {
                flaw(layout.store(), "cannot be read: " + e);
            }
            epochs.sort(null);
            return epochs;
        }

        private void flaw(Path file, String what) {
            flaws.add(new Flaw(file, what, false));
        }
    }
}
