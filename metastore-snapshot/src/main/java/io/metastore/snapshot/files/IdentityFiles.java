package io.metastore.snapshot.files;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.snapshot.files.Acknowledgements.Mark;
import io.metastore.snapshot.files.Membership.Member;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The bytes of {@code VERSION}, {@code ROLE}, {@code CURRENT}, {@code membership}, {@code acknowledged} and {@code INITIALIZING}; see {@link FactText}. All
 * but {@code CURRENT} name the cluster, so that files of two directories cannot be mixed unnoticed.
 */
final class IdentityFiles {

    /** Of the directory as a whole: raised when an older version of this library must not open it. */
    static final long FORMAT_LEVEL = 1;

    private static final int VERSION_1 = 1;
    private static final int VERSION_2 = 2;

    /** What {@code VERSION} says. */
    record Version(UUID clusterId, String tokenDigest, Instant created) {}

    /** What {@code INITIALIZING} says: what is being made, for {@code epoch}, and whether images are put there. */
    record Initializing(UUID clusterId, String memberName, long epoch, boolean images) {}

    private IdentityFiles() {}

    static byte[] version(Identity identity) {
        return new FactText("metastore-version", VERSION_1)
                .with("level", FORMAT_LEVEL)
                .with("cluster", identity.clusterId())
                .with("token", identity.tokenDigest())
                .with("created", identity.created())
                .bytes();
    }

    static Version readVersion(Path file, byte[] bytes) {
        return Facts.read(file, bytes, "metastore-version", VERSION_1).build(facts -> {
            long level = facts.number("level");
            if (level > FORMAT_LEVEL) {
                throw Refusals.newerFormat(file, level, FORMAT_LEVEL);
            }
            if (level < 1) {
                throw facts.damaged("a format level from 1 to " + FORMAT_LEVEL, "level=" + level);
            }
            UUID cluster = facts.uuid("cluster");
            String token = facts.text("token");
            ClusterIds.checkTokenDigest(token);
            return new Version(cluster, token, facts.parsed("created", Instant::parse, Instant::toString));
        });
    }

    static byte[] role(Identity identity) {
        return new FactText("metastore-role", VERSION_1)
                .with("cluster", identity.clusterId())
                .with("member", identity.memberName())
                .with("incarnation", identity.incarnation())
                .with("role", identity.role().text())
                .with("startedAs", identity.startedAs().text())
                .with("address", identity.address())
                .bytes();
    }

    /** The identity that {@code ROLE} and the {@code VERSION} beside it make. */
    static Identity readRole(Path file, byte[] bytes, Version version) {
        return Facts.read(file, bytes, "metastore-role", VERSION_1).build(facts -> {
            checkCluster(facts, version.clusterId());
            return new Identity(
                    version.clusterId(),
                    version.tokenDigest(),
                    version.created(),
                    facts.text("member"),
                    facts.uuid("incarnation"),
                    facts.parsed("role", MemberRole::of, MemberRole::text),
                    facts.parsed("startedAs", MemberRole::of, MemberRole::text),
                    facts.text("address"));
        });
    }

    static byte[] current(long epoch) {
        return new FactText("metastore-current", VERSION_1)
                .with("epoch", Layout.epochName(epoch))
                .bytes();
    }

    static long readCurrent(Path file, byte[] bytes) {
        return Facts.read(file, bytes, "metastore-current", VERSION_1)
                .build(facts -> facts.parsed("epoch", Layout::epochOf, Layout::epochName));
    }

    /** With images it has another version: a build that does not know them must not take them for somebody else's. */
    static byte[] initializing(Identity identity, long epoch, boolean images) {
        FactText text = new FactText("metastore-initializing", images ? VERSION_2 : VERSION_1)
                .with("cluster", identity.clusterId())
                .with("member", identity.memberName())
                .with("epoch", Layout.epochName(epoch));
        return (images ? text.with("content", Layout.IMAGES) : text).bytes();
    }

    static Initializing readInitializing(Path file, byte[] bytes) {
        return Facts.read(file, bytes, "metastore-initializing", VERSION_2).build(facts -> {
            Initializing found = new Initializing(
                    facts.uuid("cluster"),
                    facts.text("member"),
                    facts.parsed("epoch", Layout::epochOf, Layout::epochName),
                    facts.version() == VERSION_2);
            if (found.images() && !facts.text("content").equals(Layout.IMAGES)) {
                throw facts.damaged("content=" + Layout.IMAGES, "another content");
            }
            return found;
        });
    }

    static byte[] membership(UUID clusterId, Membership membership) {
        FactText text = new FactText("metastore-membership", VERSION_1)
                .with("cluster", clusterId)
                .with("epoch", membership.epoch())
                .with("formed", membership.formed())
                .with("index", membership.index())
                .with("members", membership.members().size());
        int number = 1;
        for (Member member : membership.members()) {
            text.with("member." + number++, member.line());
        }
        return text.bytes();
    }

    static Membership readMembership(Path file, byte[] bytes, UUID clusterId) {
        return Facts.read(file, bytes, "metastore-membership", VERSION_1).build(facts -> {
            checkCluster(facts, clusterId);
            long epoch = facts.number("epoch");
            boolean formed = facts.parsed("formed", Boolean::valueOf, String::valueOf);
            long index = facts.number("index");
            long count = facts.number("members");
            List<Member> members = new ArrayList<>();
            for (int number = 1; number <= count; number++) {
                members.add(Member.of(facts.text("member." + number)));
            }
            return new Membership(epoch, formed, index, members);
        });
    }

    static byte[] acknowledged(UUID clusterId, long epoch, Acknowledgements acknowledged) {
        FactText text = new FactText("metastore-acknowledged", VERSION_1)
                .with("cluster", clusterId)
                .with("epoch", epoch)
                .with("members", acknowledged.marks().size());
        int number = 1;
        for (Mark mark : acknowledged.marks()) {
            text.with("member." + number++, mark.line());
        }
        return text.bytes();
    }

    /**
     * The marks, or why they are not understood: damaged, or of a newer version.
     *
     * @throws DirectoryMismatchException they are sound and of another cluster or epoch: this is no longer one directory
     */
    static Acknowledgements readAcknowledged(Path file, byte[] bytes, UUID clusterId, long epoch) {
        OfEpoch found;
        try {
            found = Facts.read(file, bytes, "metastore-acknowledged", VERSION_1).build(IdentityFiles::ofEpoch);
        } catch (CorruptStateException | DirectoryMismatchException e) {
            return Acknowledgements.damaged(String.valueOf(e.getMessage()));
        }
        if (!found.clusterId().equals(clusterId) || found.epoch() != epoch) {
            throw Refusals.mixed(
                    file,
                    "cluster=" + clusterId + " epoch=" + epoch,
                    "cluster=" + found.clusterId() + " epoch=" + found.epoch());
        }
        return found.acknowledged();
    }

    private record OfEpoch(UUID clusterId, long epoch, Acknowledgements acknowledged) {}

    private static OfEpoch ofEpoch(Facts facts) {
        UUID cluster = facts.uuid("cluster");
        long epoch = facts.number("epoch");
        long count = facts.number("members");
        List<Mark> marks = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            marks.add(facts.parsed("member." + number, Mark::of, Mark::line));
        }
        return new OfEpoch(cluster, epoch, Acknowledgements.of(marks));
    }

    private static void checkCluster(Facts facts, UUID expected) {
        UUID found = facts.uuid("cluster");
        if (!found.equals(expected)) {
            throw facts.damaged("cluster=" + expected + " as in " + Layout.VERSION, "cluster=" + found);
        }
    }
}
