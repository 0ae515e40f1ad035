package io.metastore.raft.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.metastore.api.LogPosition;
import io.metastore.api.Operation;
import io.metastore.api.OperationFailedException;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.api.Progress;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.Following;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.images.Jobs.Job;
import io.metastore.raft.internal.members.Roster;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs and their records, on a real state that is written to at once. */
class MemberJobsTest {

    private static final UUID SESSION = new UUID(1, 2);
    private static final Duration NEVER = Duration.ofHours(1);

    private final Map<String, Roster.Seen> answering =
            new HashMap<>(Map.of("fe1", new Roster.Seen("", 0), "fe2", new Roster.Seen("", 0)));
    private List<GroupMember> members =
            List.of(new GroupMember("fe1@1", "fe1:1", true), new GroupMember("fe2@1", "fe2:1", true));
    private MetaState state;
    private int writes;
    private boolean refusing;
    private boolean led = true;

    @BeforeEach
    void open(@TempDir Path directory) {
        state = MetaState.open(directory.resolve("state"), MetaState.Options.defaults("test"), CommandRuntime.NONE);
    }

    @AfterEach
    void close() {
        state.close();
    }

    @Test
    void recordsBeginAndEndAndLittleInBetween() {
        MemberJobs jobs = jobs("fe1", "p1", NEVER);
        Job job = jobs.begin(OperationType.VERIFY);
        assertThat(jobs.list()).extracting(Operation::id).containsExactly(-1L);
        jobs.look();
        int begun = writes;
        job.running();
        for (int i = 0; i < 100; i++) {
            job.reached(progress(i));
            jobs.look();
        }
        assertThat(writes).isEqualTo(begun);
        assertThat(jobs.list()).singleElement().satisfies(now -> {
            assertThat(now.id()).isPositive();
            assertThat(now.done()).isEqualTo(99);
            assertThat(now.total()).isEqualTo(100);
            assertThat(now.step()).isEqualTo("reading");
        });
        job.ended(null);
        jobs.look();
        jobs.look();
        assertThat(writes).isEqualTo(begun + 1);
        assertThat(jobs("fe2", "p2", NEVER).list()).singleElement().satisfies(now -> {
            assertThat(now.state()).isEqualTo(OperationState.DONE);
            assertThat(now.target()).isEqualTo("fe1");
        });
    }

    @Test
    void isRecordedOnceWhenTheFirstTriesFail() {
        MemberJobs jobs = jobs("fe1", "p1", NEVER);
        led = false;
        jobs.begin(OperationType.CHECKPOINT).ended(null);
        jobs.look();
        assertThat(writes).as("nobody to write to").isZero();
        led = true;
        refusing = true;
        jobs.look();
        refusing = false;
        jobs.look();
        jobs.look();
        assertThat(jobs.list())
                .extracting(Operation::type, Operation::state)
                .containsExactly(tuple(OperationType.CHECKPOINT, OperationState.DONE));
        assertThat(jobs.list()).allMatch(job -> job.id() > 0);
        assertThat(writes).as("one number, the table, one record").isEqualTo(3);
    }

    @Test
    void endsWithItsProcessWhichTheNextOneSays() {
        MemberJobs before = jobs("fe1", "p1", NEVER);
        before.begin(OperationType.EXPORT).running();
        before.look();
        jobs("fe2", "p2", Duration.ZERO).look();
        assertThat(before.list()).noneMatch(Operation::isOver);

        MemberJobs after = jobs("fe1", "another", NEVER);
        after.look();
        assertThat(after.list()).singleElement().satisfies(job -> {
            assertThat(job.state()).isEqualTo(OperationState.FAILED);
            assertThat(job.error()).isEqualTo("member restarted");
        });
    }

    @Test
    void leaderEndsTheJobsOfMembersThatDoNotAnswerForLong() {
        MemberJobs member = jobs("fe2", "p2", NEVER);
        Job job = member.begin(OperationType.EXPORT);
        member.look();
        answering.remove("fe2");
        jobs("fe1", "p1", NEVER).look();
        assertThat(member.list()).noneMatch(Operation::isOver);

        MemberJobs leader = jobs("fe1", "p1", Duration.ZERO);
        leader.look();
        assertThat(leader.list()).singleElement().satisfies(now -> {
            assertThat(now.state()).isEqualTo(OperationState.FAILED);
            assertThat(now.error()).contains("it has not answered for 0 s");
        });
        job.ended(null); // It had gone on.
        member.look();
        assertThat(member.list())
                .as("what is over stays as it was told")
                .extracting(Operation::state)
                .containsExactly(OperationState.FAILED);
    }

    @Test
    void leaderEndsTheJobsOfMembersThatAreOutOfTheCluster() {
        MemberJobs member = jobs("fe2", "p2", NEVER);
        member.begin(OperationType.EXPORT);
        member.look();
        members = List.of(new GroupMember("fe1@1", "fe1:1", true));
        MemberJobs leader = jobs("fe1", "p1", NEVER);
        leader.look();
        assertThat(leader.list())
                .extracting(Operation::state, Operation::error)
                .containsExactly(tuple(OperationState.FAILED, "member left the cluster"));
    }

    @Test
    void aJobThatIsCancelledElsewhereEndsWhenItNextAsks() {
        MemberJobs member = jobs("fe2", "p2", NEVER);
        Job job = member.begin(OperationType.AUDIT);
        member.look();
        MemberJobs other = jobs("fe1", "p1", NEVER);
        job.checkWanted();
        other.cancel(other.list().get(0), Duration.ofMillis(1));
        job.checkWanted(); // It has not heard of it.
        member.look();
        assertThatThrownBy(job::checkWanted)
                .isInstanceOfSatisfying(OperationFailedException.class, cancelled -> job.ended(cancelled));
        member.look();
        assertThat(other.list()).extracting(Operation::state).containsExactly(OperationState.CANCELLED);
    }

    @Test
    void keepsTheNewestHundredThatAreOver() {
        MemberJobs jobs = jobs("fe1", "p1", NEVER);
        Job open = jobs.begin(OperationType.DUMP);
        jobs.look();
        for (int i = 0; i < 120; i++) {
            jobs.failedByItself(OperationType.CHECKPOINT, Instant.EPOCH, "failure " + i);
            jobs.look();
        }
        assertThat(jobs.list())
                .hasSize(102)
                .first()
                .extracting(Operation::error)
                .isEqualTo("failure 119");
        assertThat(jobs.list().get(101).type())
                .as("what goes on is not forgotten")
                .isEqualTo(OperationType.DUMP);
        open.ended(null);
        jobs.look();
        assertThat(jobs.list()).hasSize(102).allMatch(Operation::isOver);
    }

    private static Progress progress(long done) {
        return new Progress(
                "fe1", Progress.Operation.VERIFY, "reading", done, 100, Progress.Unit.BYTES, Duration.ZERO, null);
    }

    private MemberJobs jobs(String self, String process, Duration silence) {
        Ground ground = new FakeGround(self);
        return new MemberJobs(ground, new ClusterTable(ground), new MemberJobs.Place(process, true, silence, () -> {}));
    }

    private GroupConfiguration group() {
        return new GroupConfiguration(0, members, true);
    }

    private Engine engine(boolean leads) {
        return (Engine) Proxy.newProxyInstance(
                Engine.class.getClassLoader(),
                new Class<?>[] {Engine.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "leaderReady" -> led && leads;
                    case "following" -> led && !leads ? new Following("fe1@1", 1, Duration.ZERO) : null;
                    case "configuration" -> group();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private final class FakeGround implements Ground {
        private final String self;

        FakeGround(String self) {
            this.self = self;
        }

        @Override
        public String self() {
            return self;
        }

        @Override
        public Engine engine() {
            return MemberJobsTest.this.engine(self.equals("fe1"));
        }

        @Override
        public MetaState state() {
            return state;
        }

        @Override
        public Roster roster() {
            return new Roster(group(), "fe1", 0, 0, answering, Map.of());
        }

        @Override
        public Roster freshRoster() {
            return roster();
        }

        @Override
        public Duration timeout() {
            return NEVER;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void enter(String call) {}

        @Override
        public TransactionResult write(JournalTransaction transaction, Duration timeout) {
            if (refusing && writes > 0) { // Gets a number, and then no further.
                throw new UnavailableException("no leader");
            }
            byte[] batch = JournalCodec.encodeBatch(new JournalBatch(SESSION, writes + 1, List.of(transaction)));
            LogPosition position = new LogPosition(1, writes++);
            return state.apply(position, ByteBuffer.wrap(JournalCodec.encodeEntry(1_000, 0, batch)))
                    .results()
                    .get(0);
        }

        @Override
        public void catchUp(Duration timeout) {}

        @Override
        public boolean await(BooleanSupplier reached, Duration timeout) {
            return reached.getAsBoolean();
        }
    }
}
