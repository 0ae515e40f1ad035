package io.metastore.raft.internal.node;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MemberAddress;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.offline.EpochEntrance;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Seal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a member that was left behind by a recovery comes back: as another incarnation and an observer, beside what it had, which stays as it is in its epoch's
 * directory. Only when the application has said that it may.
 */
final class Rejoining {

    private static final Logger log = LoggerFactory.getLogger(Rejoining.class);

    private final OpenSettings settings;
    private final Admission admission;

    Rejoining(OpenSettings settings, Admission admission) {
        this.settings = settings;
        this.admission = admission;
    }

    /** Whether a directory that is not in use was left behind by a recovery of others, and the member may come back by itself. */
    static boolean isAllowed(OpenSettings settings, FileLayer files) {
        Path path = settings.directory();
        if (!settings.rejoin() || settings.member() == null) {
            return false;
        }
        DirectoryInspection found = DirectoryInspection.of(files, path);
        return found.seal()
                .filter(seal -> found.epoch().filter(seal::forbids).isPresent())
                .isPresent();
    }

    /**
     * Asks to be let in, then makes the epoch of those who did the live one of the directory.
     *
     * @param told where somebody of that epoch listens; empty when that is not known
     * @throws io.metastore.api.UnavailableException nobody let it in; the directory is as it was
     * @throws io.metastore.api.RecoveryRefusedException the directory is itself what a recovery is to go on with
     */
    boolean run(EpochSuccession succession, String told) {
        Seal seal = succession
                .seal()
                .filter(each -> each.forbids(succession.epoch()))
                .orElseThrow(() -> new DirectoryMismatchException(
                        "the directory was not left behind by a recovery: directory=" + succession.root()));
        if (isTarget(succession, seal)) {
            return false;
        }
        Identity identity = succession.identity();
        MemberAddress self = new MemberAddress(identity.memberName(), identity.address(), true);
        Set<String> helpers = new LinkedHashSet<>(settings.join());
        if (!told.isEmpty()) {
            helpers.add(told);
        }
        for (Membership.Member member : succession.membership().members()) {
            helpers.add(member.address());
        }
        helpers.remove(identity.address());
        admission.askAgain(self, identity.clusterId(), helpers);
        long left = succession.epoch();
        String kept = EpochEntrance.run(
                succession,
                identity.anew(admission.identity().incarnation()),
                admission.membership(),
                admission.ends());
        log.info(
                "member comes back as another incarnation: directory={} member={} incarnation={} epoch={}",
                succession.root(),
                identity.memberName(),
                admission.identity().incarnation(),
                succession.epoch());
        if (!kept.isEmpty()) {
            log.warn(
                    "member has entries of an epoch that went on without them: directory={} epoch={} branch={}",
                    succession.root(),
                    left,
                    kept);
        }
        return true;
    }

    /** The order is in the one directory that is to go on, and nowhere else. */
    private static boolean isTarget(EpochSuccession succession, Seal seal) {
        Optional<byte[]> order = succession.order();
        return order.isPresent()
                && new String(order.get(), StandardCharsets.UTF_8)
                        .contains(seal.recovery().toString());
    }
}
