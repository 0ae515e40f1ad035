package io.metastore.raft.internal.node;

import io.metastore.api.ConfigurationException;
import io.metastore.api.MemberAddress;
import io.metastore.api.Progress.Operation;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.internal.images.LongWork;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.ImageImport;
import io.metastore.snapshot.image.ImageProgress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a member begins with whose directory is empty: of which cluster it is, who else is, and what a store that is imported brings. */
final class Founding {

    private final OpenSettings settings;
    private final FileLayer files;
    private final Clock clock;

    Founding(OpenSettings settings, FileLayer files, Clock clock) {
        this.settings = settings;
        this.files = files;
        this.clock = clock;
    }

    /**
     * The cluster it is of.
     *
     * @param admission of a member that was taken in by others; null for one that was not
     * @throws ConfigurationException nothing says which
     */
    UUID clusterId(String tokenDigest, @Nullable Admission admission) {
        MemberAddress self = settings.member();
        if (self == null) {
            return UUID.randomUUID();
        }
        if (admission != null) {
            return admission.identity().clusterId();
        }
        if (settings.bootstrap().isEmpty()) {
            throw new ConfigurationException(
                    "the directory is empty and nothing says what it is to become: directory="
                            + settings.directory() + " member=" + self.name()
                            + "; call bootstrap(..) with the members of a new cluster, or join(..) with those of one that is there; if it held a member before, mount it again");
        }
        Optional<MemberAddress> listed = settings.bootstrap().stream()
                .filter(member -> member.name().equals(self.name()))
                .findFirst();
        if (listed.isEmpty() || !listed.get().address().equals(self.address())) {
            throw new ConfigurationException("the bootstrap list must contain this member with its address: member="
                    + self + " bootstrap=" + settings.bootstrap());
        }
        Path archive = settings.imported();
        if (archive == null) {
            return ClusterIds.clusterIdOf(settings.bootstrap(), tokenDigest);
        }
        // A cluster that is restored under the names it had must not take those of before, which have its past, for its
        // members.
        String content = importOf(archive, ImageProgress.NONE).contentDigest();
        return ClusterIds.importedClusterIdOf(settings.bootstrap(), tokenDigest, content);
    }

    /** Writes it down; asks the others before whether they can be there. */
    void initialize(MemberDirectory directory, UUID clusterId, String tokenDigest, Members members) {
        MemberAddress self = settings.member();
        if (self == null) {
            Identity identity = Identity.single(clock.instant());
            initialize(directory, identity, Membership.alone(identity));
            return;
        }
        Identity identity = Identity.member(clusterId, tokenDigest, clock.instant(), self);
        Membership membership = Membership.bootstrap(settings.bootstrap(), identity);
        List<Membership.Member> others = new Peers(self.name(), membership.members()).others();
        Transport transport = members.transport();
        if (transport != null) {
            Formation.probe(self.name(), clusterId, others, transport);
        }
        initialize(directory, identity, membership);
    }

    private void initialize(MemberDirectory directory, Identity identity, Membership membership) {
        Path archive = settings.imported();
        if (archive == null) {
            directory.initialize(identity, membership);
            return;
        }
        LongWork.run(identity.memberName(), Operation.IMPORT, settings.progress(), () -> false, work -> {
            ImageImport content = importOf(archive, work::report);
            long index = content.source().position().index();
            directory.initialize(identity, membership.beginningAt(index), content);
            return Boolean.TRUE;
        });
    }

    private ImageImport importOf(Path archive, ImageProgress progress) {
        return ImageImport.of(files, archive, clock, progress);
    }
}
