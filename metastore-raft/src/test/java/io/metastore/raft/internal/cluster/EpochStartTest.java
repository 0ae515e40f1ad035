package io.metastore.raft.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.metastore.api.LogPosition;
import io.metastore.api.Operation;
import io.metastore.api.OperationType;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.members.Roster;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader records when an epoch begins, on a real state; it dies at each of its writes, with that committed or not, and the next one goes on. */
class EpochStartTest {
    private static final List<Membership.Member> BACK = List.of(
            new Membership.Member("fe2", "fe2:1", MemberRole.VOTER, Optional.of(new UUID(2, 2))),
            new Membership.Member("o1", "o1:1", MemberRole.OBSERVER, Optional.empty()));
    private static final Genesis GENESIS = new Genesis(
            new UUID(1, 1),
            2,
            1,
            new LogPosition(1, 0),
            "fe1@1",
            Instant.EPOCH,
            "ann",
            "fire",
            "PROVEN_NONE",
            "0",
            List.of(),
            List.of(),
            List.of(new LogPosition(1, 0)),
            BACK);

    @Test
    void everyoneIsLetInAgainOnceWhereverTheLeaderDies(@TempDir Path directory) {
        int writes = 0;
        for (boolean committed : List.of(false, true)) {
            boolean died = true;
            for (int at = 1; died; at++) {
                Path place = directory.resolve(committed + "-" + at);
                try (MetaState state = MetaState.open(place, MetaState.Options.defaults("test"), CommandRuntime.NONE)) {
                    StateGround ground = new StateGround(state, at, committed);
                    start(ground).look(); // Says that it waits, and goes on when it is asked again.
                    died = ground.died;
                    writes = ground.writes;
                    check(ground.asNext(), "died at write " + at + ", committed: " + committed);
                }
            }
        }
        assertThat(writes)
                .as("the table, the beginning, numbers, the additions")
                .isEqualTo(4);
    }

    private static void check(StateGround ground, String what) {
        EpochStart next = start(ground);
        next.look();
        int all = ground.writes;
        next.look();
        start(ground).look();
        assertThat(ground.writes).as("nothing more, %s", what).isEqualTo(all);
        assertThat(next.isPending()).as(what).isFalse();
        ClusterTable table = new ClusterTable(ground);
        assertThat(table.lineage()).as(what).hasSize(1);
        assertThat(table.open()).as(what).hasSize(2).allMatch(each -> each.operation()
                .waitsForStart());
        assertThat(table.open())
                .as(what)
                .extracting(each -> each.operation().info())
                .extracting(Operation::type, Operation::target, Operation::requestedBy)
                .containsExactly(
                        tuple(OperationType.ADD_VOTER, "fe2", "recovery"),
                        tuple(OperationType.ADD_OBSERVER, "o1", "recovery"));
    }

    private static EpochStart start(StateGround ground) {
        Optional<Genesis> genesis = Optional.of(GENESIS);
        return new EpochStart(
                ground,
                new ClusterTable(ground),
                genesis,
                new EpochTip(genesis, () -> ground.state().current()),
                () -> {});
    }

    /** A member that leads, alone; from one of its writes on it commits nothing more. */
    private static final class StateGround implements Ground {
        private final MetaState state;
        private final int diesAt;
        private final boolean committed;
        private int writes;
        private boolean died;

        StateGround(MetaState state, int diesAt, boolean committed) {
            this.state = state;
            this.diesAt = diesAt;
            this.committed = committed;
        }

        StateGround asNext() {
            StateGround next = new StateGround(state, Integer.MAX_VALUE, false);
            next.writes = writes;
            return next;
        }

        @Override
        public TransactionResult write(JournalTransaction transaction, Duration timeout) {
            boolean dies = writes + 1 == diesAt;
            if (died || (dies && !committed)) {
                died = true;
                throw new UnavailableException("as planned");
            }
            byte[] batch = JournalCodec.encodeBatch(new JournalBatch(new UUID(1, 2), writes + 1, List.of(transaction)));
            LogPosition position = new LogPosition(2, 1 + writes++);
            TransactionResult result = state.apply(position, ByteBuffer.wrap(JournalCodec.encodeEntry(1_000, 0, batch)))
                    .results()
                    .get(0);
            if (dies) {
                died = true;
                throw new UnavailableException("as planned");
            }
            return result;
        }

        @Override
        public String self() {
            return "fe1";
        }

        @Override
        public Engine engine() {
            return (Engine) Proxy.newProxyInstance(
                    Engine.class.getClassLoader(), new Class<?>[] {Engine.class}, (proxy, method, arguments) -> {
                        assertThat(method.getName()).isEqualTo("leaderReady");
                        return true;
                    });
        }

        @Override
        public MetaState state() {
            return state;
        }

        @Override
        public Roster roster() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Roster freshRoster() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(1);
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void enter(String call) {}

        @Override
        public void catchUp(Duration timeout) {}

        @Override
        public boolean await(BooleanSupplier reached, Duration timeout) {
            return reached.getAsBoolean();
        }
    }
}
