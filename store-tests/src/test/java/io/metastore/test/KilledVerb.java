package io.metastore.test;

import io.metastore.api.Cluster;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MetaStore;
import io.metastore.api.PendingOperation;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** What {@link KilledOperationTest} asks for. The voters are fe1 to fe3, or one more or fewer, before; and each round ends with that again. */
enum KilledVerb {
    ADD_VOTER(3, 5, true),
    GROW_FROM_ONE(1, 5, true),
    GROW_FROM_TWO(2, 5, true),
    GROW_FROM_FOUR(4, 5, true),
    ADD_OBSERVER(3, 5, true),
    PROMOTE(3, 5, true),
    DEMOTE(3, 5, true),
    REMOVE(3, 5, true),
    SHRINK_TO_ONE(2, 5, true),
    FORCE_REMOVE_OF_LEADER(3, 5, true),
    REPLACE(3, 5, true),
    AUTO_REPLACE(3, 5, true),
    TAKE_BACK(3, 5, false),
    TRANSFER_LEADERSHIP(3, 4, true),
    STEP_DOWN(3, 4, false),
    LEAVE(3, 5, true);

    private static final Duration PATIENCE = KilledOperationTest.PATIENCE;

    /** In the step at which an added member is in the group and has no vote yet. */
    private static final int TAKEN_IN = 3;

    final int voters;
    final int stepsMin;

    /** Whether it is about a member that can be killed besides the leader. */
    final boolean targetIsAnother;

    KilledVerb(int voters, int stepsMin, boolean targetIsAnother) {
        this.voters = voters;
        this.stepsMin = stepsMin;
        this.targetIsAnother = targetIsAnother;
    }

    /** Whether a round has to wait until a member is found silent. */
    boolean isSlow() {
        return this == REPLACE || this == AUTO_REPLACE;
    }

    /** By one voter. */
    private boolean grows() {
        return this == ADD_VOTER || this == GROW_FROM_ONE || this == GROW_FROM_TWO || this == GROW_FROM_FOUR;
    }

    private boolean adds() {
        return grows() || this == ADD_OBSERVER;
    }

    /** @param name of a member that is added */
    TestMember target(TestCluster cluster, TestMember leader, String name) {
        return switch (this) {
            case ADD_VOTER, GROW_FROM_ONE, GROW_FROM_TWO, GROW_FROM_FOUR, TAKE_BACK -> cluster.newMember(name);
            case ADD_OBSERVER -> cluster.newObserver(name);
            case PROMOTE -> cluster.member("o1");
            case DEMOTE, REMOVE, SHRINK_TO_ONE, TRANSFER_LEADERSHIP -> cluster.anyFollower();
            case REPLACE -> cluster.anyFollower().kill().wipe().joining(builder -> builder);
            case AUTO_REPLACE -> cluster.anyFollower().kill().wipe().joining(MetaStore.Builder::autoReplace);
            case FORCE_REMOVE_OF_LEADER, STEP_DOWN, LEAVE -> leader;
        };
    }

    /**
     * Brings about what the verb is about.
     *
     * @return the operation that is to be taken back; -1 when there is none
     */
    long prepare(KillAtStep kill, TestCluster cluster, TestMember asked, TestMember target) {
        if (this != TAKE_BACK) {
            return -1;
        }
        // It is dead when it is to get its vote, so the operation waits.
        kill.arm(cluster, leader -> target.name(), target, TAKEN_IN);
        PendingOperation adding = cluster(asked).addVoter(target.name(), target.address());
        target.restart();
        Awaitility.await().atMost(PATIENCE).until(kill::isOver);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> adding.now().step().equals("waiting for " + target.name() + " to answer"));
        return adding.id();
    }

    /** The members once the operation is done. */
    Set<String> expected(TestMember target, Set<String> before) {
        Set<String> after = new TreeSet<>(before);
        String name = target.name();
        switch (this) {
            case ADD_VOTER, GROW_FROM_ONE, GROW_FROM_TWO, GROW_FROM_FOUR -> after.add(name + " votes");
            case ADD_OBSERVER -> after.add(name + " observes");
            case PROMOTE -> {
                after.remove(name + " observes");
                after.add(name + " votes");
            }
            case DEMOTE -> {
                after.remove(name + " votes");
                after.add(name + " observes");
            }
            case REMOVE, SHRINK_TO_ONE, FORCE_REMOVE_OF_LEADER, LEAVE -> after.remove(name + " votes");
            case REPLACE, AUTO_REPLACE, TAKE_BACK, TRANSFER_LEADERSHIP, STEP_DOWN -> {}
        }
        return after;
    }

    /**
     * Asks for it.
     *
     * @param prepared as {@link #prepare} returned it
     * @return the operation's number
     */
    long ask(KillAtStep kill, TestMember asked, TestMember target, long prepared) {
        Cluster members = cluster(asked);
        return switch (this) {
            case ADD_VOTER, GROW_FROM_ONE, GROW_FROM_TWO, GROW_FROM_FOUR ->
                started(target, () -> members.addVoter(target.name(), target.address()));
            case ADD_OBSERVER -> started(target, () -> members.addObserver(target.name(), target.address()));
            case PROMOTE -> members.promote(target.name()).id();
            case DEMOTE -> members.demote(target.name()).id();
            case REMOVE, SHRINK_TO_ONE -> members.remove(target.name()).id();
            case FORCE_REMOVE_OF_LEADER -> members.forceRemove(target.name()).id();
            case REPLACE -> started(target, () -> untilSilent(() -> members.replace(target.name())));
            case AUTO_REPLACE -> byItself(kill, target);
            case TAKE_BACK -> {
                members.cancel(prepared);
                yield prepared;
            }
            case TRANSFER_LEADERSHIP ->
                members.transferLeadership(target.name()).id();
            case STEP_DOWN -> members.stepDown().id();
            case LEAVE -> cluster(target).leave().id();
        };
    }

    private static Cluster cluster(TestMember asked) {
        return asked.store().withTimeout(PATIENCE).cluster();
    }

    private static long started(TestMember target, Supplier<PendingOperation> asking) {
        PendingOperation operation = asking.get();
        target.restart();
        return operation.id();
    }

    private static long byItself(KillAtStep kill, TestMember target) {
        untilSilent(target::restart);
        Awaitility.await().atMost(PATIENCE).until(() -> kill.operation() != -1);
        return kill.operation();
    }

    /** The others have to notice first that the old incarnation does not answer. */
    private static <T> T untilSilent(Callable<T> asking) {
        return Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .ignoreExceptionsMatching(e -> e instanceof MembershipRefusedException refusal
                        && refusal.reason() == MembershipRefusedException.Reason.MEMBER_ALIVE)
                .until(asking, answer -> answer != null);
    }

    /** Makes the members what they were. */
    void back(TestCluster cluster, ToldMembership told, TestMember target, Set<String> before) {
        if (told.settled(cluster).equals(before)) {
            if ((adds() || this == TAKE_BACK) && target.isRunning()) {
                target.stop();
            }
            return;
        }
        String name = target.name();
        switch (this) {
            case ADD_VOTER, GROW_FROM_ONE, GROW_FROM_TWO, GROW_FROM_FOUR, ADD_OBSERVER -> {
                another(cluster, target).remove(name).await(PATIENCE);
                target.stop();
            }
            case PROMOTE -> another(cluster, target).demote(name).await(PATIENCE);
            case DEMOTE -> cluster(cluster.leader()).promote(name).await(PATIENCE);
            case REMOVE, SHRINK_TO_ONE, FORCE_REMOVE_OF_LEADER, LEAVE ->
                target.wipe().joining(builder -> builder).restart();
            case REPLACE, AUTO_REPLACE, TAKE_BACK, TRANSFER_LEADERSHIP, STEP_DOWN -> {}
        }
        told.awaitMembers(cluster, before);
    }

    /** Another one that leads. */
    private static Cluster another(TestCluster cluster, TestMember target) {
        if (cluster.leader() == target) {
            cluster(target).stepDown().await(PATIENCE);
        }
        return cluster(cluster.leader());
    }
}
