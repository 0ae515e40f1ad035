package io.metastore.raft.internal.node;

import io.metastore.api.ConfigurationException;
import io.metastore.api.MemberAddress;
import io.metastore.api.UnavailableException;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.members.JoinAnswer;
import io.metastore.raft.internal.members.JoinRequest;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.EpochEnd;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How an empty directory becomes a member of a cluster that is there: it asks first, over a network of its own that nobody can reach yet, and is written only
 * when it was let in. Refused or killed before, it is as empty as it was.
 */
final class Admission {

    private final OpenSettings settings;
    private final NodeOpener.TransportFactory transports;
    private final String tokenDigest;
    private final Clock clock;
    private @Nullable Identity identity;
    private @Nullable Membership membership;
    private List<EpochEnd> ends = List.of();

    Admission(OpenSettings settings, NodeOpener.TransportFactory transports, String tokenDigest, Clock clock) {
        this.settings = settings;
        this.transports = transports;
        this.tokenDigest = tokenDigest;
        this.clock = clock;
    }

    /**
     * Asks to be let in.
     *
     * @throws io.metastore.api.MembershipRefusedException the cluster does not want it
     * @throws UnavailableException nobody let it in within the time for opening
     */
    Admission ask(MemberAddress self) {
        MemberId id = new MemberId(self.name(), UUID.randomUUID());
        take(self, id, ask(self, request(settings, self, id, tokenDigest, ""), settings.join()));
        return this;
    }

    private static Membership.Member member(GroupMember member) {
        return new Membership.Member(
                member.name(),
                member.address(),
                member.voter() ? MemberRole.VOTER : MemberRole.OBSERVER,
                Optional.of(MemberId.parse(member.id()).incarnation()));
    }

    /**
     * Why a member that has been of the cluster may come back.
     *
     * @param cluster it has been of
     * @param left its epoch, which has ended
     * @param recovery it comes back only after this one; empty for any
     */
    record Leave(UUID cluster, long left, Optional<UUID> recovery) {}

    /**
     * Asks for a member that has been of the cluster, under another incarnation.
     *
     * @param helpers where to ask
     */
    void askAgain(MemberAddress self, Leave leave, Collection<String> helpers) {
        MemberId id = new MemberId(self.name(), UUID.randomUUID());
        JoinRequest request = request(
                        settings, self, id, tokenDigest, leave.cluster().toString())
                .leaving(leave.left(), leave.recovery());
        take(self, id, ask(self, request, helpers));
    }

    private void take(MemberAddress self, MemberId id, JoinAnswer answer) {
        identity = Identity.joining(answer.cluster(), tokenDigest, clock.instant(), self, id.incarnation());
        List<Membership.Member> others = answer.members().stream()
                .filter(member -> !member.name().equals(self.name()))
                .map(Admission::member)
                .toList();
        membership = new Membership(answer.epoch(), false, -1, others);
        ends = answer.ends();
    }

    /** Listens for a moment as well, so that an address that cannot be used is found before the cluster is asked. */
    private JoinAnswer ask(MemberAddress self, JoinRequest request, Collection<String> helpers) {
        try (Transport transport = transports.open(self.address(), null)) {
            NodeOpener.listen(
                    transport,
                    (method, bytes) -> CompletableFuture.failedFuture(new TransportException(
                            TransportException.Kind.REFUSED, "member is not in a cluster yet: member=" + self.name())),
                    self);
            return new Joining(request, transport)
                    .ask(helpers, Deadline.after(settings.timeouts().open()));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigurationException(
                    "the member's network could not be set up: member=" + self + " reason=" + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while the cluster was asked: member=" + self.name(), e);
        }
    }

    private static JoinRequest request(
            OpenSettings settings, MemberAddress self, MemberId id, String tokenDigest, String cluster) {
        return new JoinRequest(id, self.address(), !self.observer(), settings.autoReplace(), tokenDigest, cluster);
    }

    /** For a member that was let in and is not in the group yet; null-safe for one that never asks. */
    static Joining joining(OpenSettings settings, MemberDirectory directory, Members members) {
        Identity identity = directory.identity();
        MemberAddress self = settings.member();
        Transport transport = members.transport();
        MemberAddress asked = self == null ? new MemberAddress(identity.memberName(), "none:1", false) : self;
        return new Joining(
                request(
                        settings,
                        asked,
                        new MemberId(identity.memberName(), identity.incarnation()),
                        identity.tokenDigest(),
                        identity.clusterId().toString()),
                transport == null ? new NoTransport() : transport);
    }

    Identity identity() {
        if (identity == null) {
            throw new IllegalStateException("the cluster was not asked");
        }
        return identity;
    }

    Membership membership() {
        if (membership == null) {
            throw new IllegalStateException("the cluster was not asked");
        }
        return membership;
    }

    /** Where the epochs before ended, as far as was told. */
    List<EpochEnd> ends() {
        return ends;
    }
}
