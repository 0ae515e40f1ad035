package io.metastore.raft.internal.node;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the members of a new cluster meet, once. Each tells every other its name and incarnation. When a member knows the incarnation of all it writes
 * them down; from then on the cluster has formed and a member of that name with another incarnation, such as one whose directory was emptied, is
 * refused. So an emptied member can never vote as the one it was.
 *
 * <p>Needs all members of the list the first time; none of this happens again after that.
 */
final class Formation {

    private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(1);
    private static final long ROUND_NANOS = 20_000_000;

    private final Identity self;
    private final Transport transport;
    private final Map<String, UUID> met = new ConcurrentHashMap<>();
    private final Map<String, String> unreached = new ConcurrentHashMap<>();

    private volatile Membership membership;
    private volatile @Nullable String refusal;
    private volatile @Nullable Thread waiting;

    Formation(Identity self, Membership membership, Transport transport) {
        this.self = self;
        this.membership = membership;
        this.transport = transport;
        met.put(self.memberName(), self.incarnation());
    }

    /**
     * Asks the members of a list, before anything is written, whether they know this member already.
     *
     * @throws DirectoryMismatchException a member of a formed cluster answered: this directory is empty and should not be
     */
    static void probe(String name, UUID clusterId, List<Membership.Member> others, Transport transport) {
        byte[] request = MemberFacts.of()
                .with("cluster", clusterId)
                .with("name", name)
                .with("probe", true)
                .encode();
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (Membership.Member other : others) {
            answers.add(transport.call(other.address(), Method.HELLO, request, HELLO_TIMEOUT));
        }
        for (CompletableFuture<byte[]> answer : answers) {
            MemberFacts facts = MemberFacts.decode(
                    answer.exceptionally(error -> new byte[0]).join());
            if (facts.text("formed").equals("true") && facts.text("cluster").equals(clusterId.toString())) {
                throw new DirectoryMismatchException(wiped(name, "none (the directory is empty)", facts));
            }
        }
    }

    private static String wiped(String name, String own, MemberFacts facts) {
        return "the cluster has formed and knows this member by another incarnation: member=" + name + " incarnation="
                + own
                + " known=" + facts.text("incarnation." + name) + " by=" + facts.text("name")
                + "; if a volume is not mounted, mount it; if the data is gone, replace the member from another one, never bootstrap it again";
    }

    /**
     * Meets the others.
     *
     * @param goOn false ends the waiting
     * @return the membership with every incarnation, to be written down as formed; empty when told to end
     * @throws DirectoryMismatchException a formed cluster knows this member by another incarnation
     */
    Optional<Membership> meet(BooleanSupplier goOn) {
        waiting = Thread.currentThread();
        try {
            while (goOn.getAsBoolean()) {
                String refused = refusal;
                if (refused != null) {
                    throw new DirectoryMismatchException(refused);
                }
                if (missing().isEmpty()) {
                    membership = complete();
                    return Optional.of(membership);
                }
                round();
                if (!missing().isEmpty() && refusal == null) {
                    LockSupport.parkNanos(this, ROUND_NANOS);
                }
            }
            return Optional.empty();
        } finally {
            waiting = null;
        }
    }

    /** Who has not been met, and why as far as that is known. */
    String waitingFor() {
        return missing().stream()
                .map(name -> name + " (" + unreached.getOrDefault(name, "no answer yet") + ")")
                .collect(Collectors.joining(", ", "waiting for ", ""));
    }

    private List<String> missing() {
        return membership.members().stream()
                .map(Membership.Member::name)
                .filter(name -> !met.containsKey(name))
                .toList();
    }

    private void round() {
        byte[] request = facts().encode();
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (Membership.Member member : membership.members()) {
            if (!met.containsKey(member.name())) {
                calls.add(transport
                        .call(member.address(), Method.HELLO, request, HELLO_TIMEOUT)
                        .thenAccept(reply -> learn(MemberFacts.decode(reply)))
                        .exceptionally(error -> {
                            unreached.put(member.name(), String.valueOf(error.getMessage()));
                            return null;
                        }));
            }
        }
        try {
            CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                    .get(HELLO_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return; // Whoever has not answered is asked again.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Answers a hello of another member, and learns from it. */
    byte[] answer(byte[] request) {
        MemberFacts facts = MemberFacts.decode(request);
        if (!facts.text("probe").equals("true")) {
            learn(facts);
        }
        return facts().encode();
    }

    private MemberFacts facts() {
        Membership now = membership;
        MemberFacts facts = MemberFacts.of()
                .with("cluster", self.clusterId())
                .with("name", self.memberName())
                .with("own", self.incarnation())
                .with("formed", now.formed());
        if (now.formed()) {
            for (Membership.Member member : now.members()) {
                facts.with(
                        "incarnation." + member.name(),
                        member.incarnation().map(UUID::toString).orElse("unknown"));
            }
        }
        return facts;
    }

    private void learn(MemberFacts facts) {
        if (!facts.text("cluster").equals(self.clusterId().toString()) || membership.formed()) {
            return;
        }
        if (facts.text("formed").equals("true")) {
            if (!facts.text("incarnation." + self.memberName())
                    .equals(self.incarnation().toString())) {
                refusal = wiped(self.memberName(), self.incarnation().toString(), facts);
            } else {
                for (Membership.Member member : membership.members()) {
                    met.put(member.name(), UUID.fromString(facts.text("incarnation." + member.name())));
                }
            }
        } else if (membership.member(facts.text("name")).isPresent()) {
            met.put(facts.text("name"), UUID.fromString(facts.text("own")));
        }
        LockSupport.unpark(waiting);
    }

    /** Called once the formed membership is durable: from now on others are told. */
    void formed(Membership written) {
        membership = written;
    }

    private Membership complete() {
        List<Membership.Member> known = membership.members().stream()
                .map(member -> new Membership.Member(
                        member.name(), member.address(), member.role(), Optional.ofNullable(met.get(member.name()))))
                .toList();
        return new Membership(membership.epoch(), false, membership.index(), known);
    }
}
