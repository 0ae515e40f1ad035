package io.metastore.raft.internal.node;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MemberAddress;
import io.metastore.api.UnavailableException;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.offline.EpochEntrance;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Seal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a member that was left behind by a recovery comes back: as another incarnation and an observer, beside what it had, which stays as it is in its epoch's
 * directory. Only when it may: the application has said so, or the plan of the recovery that left it behind, to which somebody consented.
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
        if (settings.member() == null || !EpochSuccession.hasSeal(files, settings.directory())) {
            return false;
        }
        DirectoryInspection found = DirectoryInspection.of(files, settings.directory());
        return found.seal()
                .filter(seal -> found.epoch().filter(seal::forbids).isPresent())
                .filter(seal -> settings.rejoin() || seal.readmission().isPresent())
                .isPresent();
    }

    /** The same for the directory of a member that has ended its part. */
    static boolean isAllowed(OpenSettings settings, EpochSuccession succession) {
        return settings.member() != null
                && (settings.rejoin()
                        || succession
                                .seal()
                                .filter(seal -> seal.forbids(succession.epoch()))
                                .flatMap(Seal::readmission)
                                .isPresent());
    }

    /**
     * Asks to be let in, then makes the epoch of those who did the live one of the directory.
     *
     * @param told where somebody of that epoch listens; empty when that is not known
     * @throws io.metastore.api.UnavailableException nobody let it in; the directory is as it was
     * @throws DirectoryMismatchException it is not the directory of the member that is opened; nothing was changed
     */
    boolean run(EpochSuccession succession, Expectation expectation, String told) {
        Seal seal = succession
                .seal()
                .filter(each -> each.forbids(succession.epoch()))
                .orElseThrow(() -> new DirectoryMismatchException(
                        "the directory was not left behind by a recovery: directory=" + succession.root()));
        if (isTarget(succession, seal)) {
            return false;
        }
        succession.check(expectation);
        Identity identity = succession.identity().withAddress(listensAt()); // Its disk may be in another host now.
        ask(succession, identity, seal, helpers(succession, seal, told));
        long left = succession.epoch();
        String kept = EpochEntrance.run(
                succession,
                identity.anew(admission.identity().incarnation()),
                admission.membership(),
                admission.ends());
        log.info(
                "member comes back as another incarnation: directory={} member={} incarnation={} epoch={} allowedBy={}",
                succession.root(),
                identity.memberName(),
                admission.identity().incarnation(),
                succession.epoch(),
                settings.rejoin() ? "rejoin()" : "the plan of recovery " + seal.recovery());
        if (!kept.isEmpty()) {
            log.warn(
                    "member has entries of an epoch that went on without them: directory={} epoch={} branch={}",
                    succession.root(),
                    left,
                    kept);
        }
        return true;
    }

    private Set<String> helpers(EpochSuccession succession, Seal seal, String told) {
        Set<String> helpers = new LinkedHashSet<>(settings.join());
        if (!told.isEmpty()) {
            helpers.add(told);
        }
        seal.readmission().ifPresent(helpers::add);
        for (Membership.Member member : succession.membership().members()) {
            helpers.add(member.address());
        }
        helpers.remove(succession.identity().address());
        helpers.remove(listensAt());
        return helpers;
    }

    private String listensAt() {
        MemberAddress self = settings.member();
        if (self == null) {
            throw new IllegalStateException("whoever comes back is a member of several");
        }
        return self.address();
    }

    private void ask(EpochSuccession succession, Identity identity, Seal seal, Set<String> helpers) {
        MemberAddress self = new MemberAddress(identity.memberName(), identity.address(), true);
        Admission.Leave leave = new Admission.Leave(
                identity.clusterId(),
                succession.epoch(),
                settings.rejoin() ? Optional.empty() : Optional.of(seal.recovery()));
        try {
            admission.askAgain(self, leave, helpers);
        } catch (UnavailableException e) {
            throw new UnavailableException(
                    "the directory was left behind by a recovery, and nobody of those that go on lets its member come back: directory="
                            + succession.root() + " epoch=" + succession.epoch() + " recovery=" + seal.recovery()
                            + " because " + e.getMessage()
                            + "; when the recovery has not come to its end, resume or abort it",
                    e);
        }
    }

    /** The order is in the one directory that is to go on, and nowhere else. */
    private static boolean isTarget(EpochSuccession succession, Seal seal) {
        Optional<byte[]> order = succession.order();
        return order.isPresent()
                && new String(order.get(), StandardCharsets.UTF_8)
                        .contains(seal.recovery().toString());
    }
}
