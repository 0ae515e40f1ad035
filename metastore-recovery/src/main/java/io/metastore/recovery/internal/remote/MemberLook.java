package io.metastore.recovery.internal.remote;

import io.metastore.api.MemberStatus;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.StoreState;
import io.metastore.api.StoreStatus;
import io.metastore.raft.live.LiveMember;
import io.metastore.recovery.internal.survey.ReadingLayer;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.Seal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a running member says of itself and of those that answer it.
 *
 * @param member as {@code name@incarnation}
 * @param cluster it belongs to
 * @param epoch it is in
 * @param unused a number for the next epoch that no epoch of its directory had
 * @param recovering whether it takes no part any more
 * @param sealedBy the recovery that its directory is sealed by; empty when it is not
 * @param leader name of the member that leads, when it answers
 * @param others that answer it and are members
 */
public record MemberLook(
        String member,
        UUID cluster,
        long epoch,
        long unused,
        boolean recovering,
        Optional<UUID> sealedBy,
        Optional<String> leader,
        List<Other> others) {

    private static final String FORMAT = "metastore-member-look";
    private static final int VERSION = 1;
    private static final Path NOWHERE = Path.of("answer to a recovery");

    /**
     * One that answers.
     *
     * @param incarnation its first digits
     * @param observer whether it has no vote
     */
    public record Other(String name, String incarnation, boolean observer, String address) {

        private static Other of(MemberStatus status) {
            return new Other(
                    status.name(), status.incarnation(), status.role() == MemberStatus.Role.OBSERVER, status.address());
        }

        private String text() {
            return String.join(" ", name, incarnation, String.valueOf(observer), address);
        }

        private static Other parse(String text) {
            String[] words = text.split(" ", -1);
            if (words.length != 4) {
                throw new IllegalArgumentException("expected: name, incarnation, observer, address; found: " + text);
            }
            return new Other(words[0], words[1], Boolean.parseBoolean(words[2]), words[3]);
        }
    }

    public MemberLook {
        others = List.copyOf(others);
    }

    /** That somebody leads, as whoever is asked sees it. */
    public static RecoveryRefusedException quorumAlive(String leader, String seenBy) {
        return new RecoveryRefusedException(
                Reason.QUORUM_ALIVE,
                "a member leads, so a majority of the voters is alive, or was until just now: leader=" + leader
                        + " seenBy=" + seenBy
                        + "; nothing was changed; wait until it is known that there is"
                        + " none, or replace the others as members of the running cluster");
    }

    /** At the member; asks the others. */
    static MemberLook of(Path directory) {
        LiveMember live = LiveMember.at(directory)
                .orElseThrow(() -> new IllegalStateException("no store is open: directory=" + directory));
        DirectoryInspection found = DirectoryInspection.of(new ReadingLayer(), directory);
        long epoch = found.epoch().orElseThrow(() -> new IllegalStateException("nothing of a member: " + directory));
        boolean recovering = live.state() == StoreState.RECOVERING;
        StoreStatus status = live.status();
        return new MemberLook(
                found.self()
                        .map(self -> self.member() + "@" + self.incarnation())
                        .orElseThrow(),
                found.clusterId().orElseThrow(),
                epoch,
                1 + Math.max(epoch, found.seal().map(Seal::next).orElse(0L)),
                recovering,
                found.seal().filter(seal -> seal.forbids(epoch)).map(Seal::recovery),
                leader(status, recovering),
                status.members().stream()
                        .filter(other -> !recovering && other.alive() && other.joined())
                        .filter(other -> !other.name().equals(status.member()))
                        .map(Other::of)
                        .toList());
    }

    private static Optional<String> leader(StoreStatus status, boolean recovering) {
        return status.leader().filter(leader -> !recovering && leader.alive()).map(MemberStatus::name);
    }

    byte[] encode() {
        return new FactText(FORMAT, VERSION)
                .withText("member", member)
                .with("cluster", cluster)
                .with("epoch", epoch)
                .with("unused", unused)
                .with("recovering", recovering)
                .withText("sealedBy", sealedBy.map(UUID::toString).orElse(""))
                .withText("leader", leader.orElse(""))
                .withTexts("others", others.stream().map(Other::text).toList())
                .bytes();
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @throws io.metastore.api.MetastoreException it is none that this build knows
     */
    static MemberLook decode(byte[] bytes) {
        return Facts.read(NOWHERE, bytes, FORMAT, VERSION)
                .build(facts -> new MemberLook(
                        facts.anyText("member"),
                        facts.uuid("cluster"),
                        facts.number("epoch"),
                        facts.number("unused"),
                        facts.parsed("recovering", Boolean::valueOf, String::valueOf),
                        Optional.of(facts.anyText("sealedBy"))
                                .filter(text -> !text.isEmpty())
                                .map(UUID::fromString),
                        Optional.of(facts.anyText("leader")).filter(text -> !text.isEmpty()),
                        facts.anyTexts("others").stream().map(Other::parse).toList()));
    }
}
