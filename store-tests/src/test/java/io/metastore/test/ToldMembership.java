package io.metastore.test;

import io.metastore.api.MemberStatus;
import io.metastore.api.MetastoreException;
import io.metastore.api.Operation;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The members as each of them tells: {@code fe1 votes}, {@code o1 observes}. */
final class ToldMembership {

    private static final String UNSETTLED = " is ";

    private final Duration patience;

    ToldMembership(Duration patience) {
        this.patience = patience;
    }

    static Set<String> of(TestMember asked) {
        return asked.store().cluster().members().stream()
                .filter(MemberStatus::joined)
                .map(member -> member.name()
                        + switch (member.role()) {
                            case LEADER, FOLLOWER, CANDIDATE, VOTER -> " votes";
                            case OBSERVER -> " observes";
                            default -> UNSETTLED + member.role(); // Its engine is being exchanged, for example.
                        })
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static boolean contains(Set<String> members, TestMember member) {
        return members.stream().anyMatch(text -> text.startsWith(member.name() + " "));
    }

    /** Whether every member of them that runs tells these. */
    static boolean isToldByAll(TestCluster cluster, Set<String> wanted) {
        return cluster.running().stream()
                .filter(member -> contains(wanted, member))
                .allMatch(member -> of(member).equals(wanted));
    }

    /** As the leader tells once each member has a role. */
    Set<String> settled(TestCluster cluster) {
        AtomicReference<Set<String>> found = new AtomicReference<>(Set.of());
        await("every member to have a role", cluster, () -> {
            found.set(of(cluster.leader()));
            return found.get().stream().noneMatch(text -> text.contains(UNSETTLED));
        });
        return found.get();
    }

    /** Waits until all tell these and no operation is open. */
    void awaitMembers(TestCluster cluster, Set<String> wanted) {
        await(
                "members " + wanted,
                cluster,
                () -> isToldByAll(cluster, wanted)
                        && cluster.leader().store().cluster().operations().stream()
                                .allMatch(Operation::isOver));
    }

    void await(String what, TestCluster cluster, Callable<Boolean> condition) {
        try {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(10))
                    .ignoreExceptionsInstanceOf(MetastoreException.class)
                    .atMost(patience)
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("waited in vain for " + what + "\n" + cluster.describe(), e);
        }
    }
}
