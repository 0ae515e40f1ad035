package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MemberStatus;
import io.metastore.api.MetastoreException;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.raft.ObservedOperations;
import io.metastore.raft.ObservedOperations.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A move to another address with the leader, and then the member that moves, killed at each of its steps; the latter is started again at its old address, and
 * then at the new one: all members tell where it is, every move that was made is recorded once, none is left open, and the address that is not used is free.
 *
 * <p>Each run visits one step of one case, another one from run to run; all of them those with the tag {@code kills}.
 */
class KilledMoveTest {

    private static final Duration PATIENCE = KilledOperationTest.PATIENCE;

    /** The moments of a move, in their order. */
    private static final List<Moment> STEPS =
            List.of(Moment.CHANGING, Moment.LISTENING, Moment.CHANGED, Moment.ENDING, Moment.ENDED);

    private enum Case {
        FOLLOWER_MOVES_LEADER_DIES(3, false, false),
        FOLLOWER_MOVES_DIES_AND_COMES_BACK_WHERE_IT_WAS(3, false, true),
        FOLLOWER_MOVES_DIES_AND_COMES_BACK_WHERE_IT_GOES(3, false, true),
        LEADER_MOVES_DIES_AND_COMES_BACK_WHERE_IT_WAS(3, true, true),
        LEADER_MOVES_DIES_AND_COMES_BACK_WHERE_IT_GOES(3, true, true),
        MEMBER_ALONE_MOVES_DIES_AND_COMES_BACK_WHERE_IT_WAS(1, true, true),
        MEMBER_ALONE_MOVES_DIES_AND_COMES_BACK_WHERE_IT_GOES(1, true, true);

        final int voters;
        final boolean leaderMoves;
        final boolean moverDies;

        Case(int voters, boolean leaderMoves, boolean moverDies) {
            this.voters = voters;
            this.leaderMoves = leaderMoves;
            this.moverDies = moverDies;
        }

        boolean goesBack() {
            return name().endsWith("WHERE_IT_WAS");
        }
    }

    private final KillAtStep kill = new KillAtStep(PATIENCE);
    private int asked;

    private TestCluster start(Case what) {
        return TestCluster.builder()
                .voters(what.voters)
                .patience(PATIENCE)
                .configure(builder -> builder.with(new ObservedOperations(kill::reached)))
                .start();
    }

    /** {@code -Dmembership.kills.seed} repeats the choice of a run. */
    @Test
    void moveIsMadeOrNotWhoeverDiesAtSomeStep() {
        long seed = Long.getLong("membership.kills.seed", System.nanoTime());
        Random random = new Random(seed);
        Case what = List.of(Case.values()).get(random.nextInt(Case.values().length));
        int step = 1 + random.nextInt(STEPS.size());
        System.out.println("killed move: seed=" + seed + " case=" + what + " step=" + STEPS.get(step - 1));
        try (TestCluster cluster = start(what)) {
            round(cluster, what, step);
        }
    }

    @Tag("kills")
    @ParameterizedTest
    @EnumSource(Case.class)
    void moveIsMadeOrNotWhoeverDiesAtAnyStep(Case what) {
        List<String> ends = new ArrayList<>();
        try (TestCluster cluster = start(what)) {
            for (int step = 1; step <= STEPS.size(); step++) {
                long started = System.nanoTime();
                round(cluster, what, step);
                ends.add((System.nanoTime() - started) / 1_000_000 + " ms " + kill.where());
            }
            unharmed(cluster, what);
        }
        System.out.println("killed moves: case=" + what + " ends=" + ends);
    }

    private void round(TestCluster cluster, Case what, int step) {
        TestMember leader = cluster.leader();
        TestMember moving = what.leaderMoves ? leader : cluster.anyFollower();
        TestMember dying = what.moverDies ? moving : leader;
        String old = moving.address();
        String next = cluster.newAddress(moving.name());
        int before = moves(leader).size();
        WriteLoad load = WriteLoad.start(what + "-" + step, () -> cluster.running().stream()
                .filter(member -> member != dying)
                .toList());
        try (load) {
            kill.arm(cluster, mover -> dying.name(), null, step);
            changeAddress(moving, next);
            awaitKill();
            assertThat(kill.where()).isEqualTo(STEPS.get(step - 1) + " at " + moving.name());
            String now = what.goesBack() ? old : next;
            moving.at(now);
            dying.restart();

            int expected = before + expectedMoves(what, step);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(MetastoreException.class)
                    .untilAsserted(() -> assertThat(cluster.running()).allSatisfy(member -> {
                        assertThat(row(member, moving).address()).isEqualTo(now);
                        assertThat(row(member, moving).alive()).isTrue();
                        assertThat(moves(member)).hasSize(expected);
                    }));
            assertThat(load.stop()).as(kill.where()).isEmpty();
            cluster.awaitApplied(cluster.leader()
                    .store()
                    .withTimeout(PATIENCE)
                    .table(Catalog.NOTES)
                    .put("at", now));
            assertThat(moves(moving)).hasSize(expected).allSatisfy(move -> assertThat(move.state())
                    .isEqualTo(OperationState.DONE));
            if (expected > before) {
                assertThat(moves(moving).get(0).step()).isEqualTo("listening at " + now);
            }
            assertIsFree(cluster.leader(), now.equals(old) ? next : old);
            cluster.assertConverged();
            cluster.running().forEach(load::assertKept);
        }
    }

    /** One for each address that was recorded in turn: a move that was undone after it had been recorded is one more. */
    private static int expectedMoves(Case what, int step) {
        boolean recorded = STEPS.get(step - 1) == Moment.ENDED;
        return !what.goesBack() ? 1 : recorded ? 2 : 0;
    }

    /** Has no more steps than those. */
    private void unharmed(TestCluster cluster, Case what) {
        TestMember moving = what.leaderMoves ? cluster.leader() : cluster.anyFollower();
        String next = cluster.newAddress(moving.name());
        kill.arm(cluster, mover -> moving.name(), null, STEPS.size() + 1);
        moving.store().withTimeout(PATIENCE).cluster().changeAddress(next);
        moving.at(next);
        Awaitility.await().atMost(PATIENCE).until(kill::isOver);
        kill.disarm();
        assertThat(kill.killed()).isNull();
        cluster.assertConverged();
    }

    private void changeAddress(TestMember moving, String next) {
        try {
            moving.store().withTimeout(PATIENCE).cluster().changeAddress(next);
        } catch (MetastoreException | IllegalStateException e) {
            awaitKill(); // Or something is wrong.
        }
    }

    private void awaitKill() {
        Awaitility.await().atMost(PATIENCE).until(() -> kill.killed() != null);
    }

    /** Nobody has it, and somebody else may. */
    private void assertIsFree(TestMember member, String address) {
        member.store()
                .withTimeout(PATIENCE)
                .cluster()
                .addObserver("x" + ++asked, address)
                .cancel();
    }

    private static MemberStatus row(TestMember told, TestMember of) {
        return told.store().cluster().members().stream()
                .filter(row -> row.name().equals(of.name()))
                .findFirst()
                .orElseThrow();
    }

    /** Newest first. */
    private static List<Operation> moves(TestMember member) {
        return member.store().cluster().operations().stream()
                .filter(operation -> operation.type() == OperationType.CHANGE_ADDRESS)
                .toList();
    }
}
