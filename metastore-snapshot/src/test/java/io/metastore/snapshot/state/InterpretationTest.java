package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.SESSION;
import static io.metastore.snapshot.state.Entries.bytes;
import static io.metastore.snapshot.state.Entries.changes;
import static io.metastore.snapshot.state.Entries.entry;
import static io.metastore.snapshot.state.Entries.put;
import static io.metastore.snapshot.state.Entries.remove;
import static io.metastore.snapshot.state.Entries.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import io.metastore.snapshot.journal.JournalTransaction.CommandCall;
import io.metastore.snapshot.journal.TransactionResult.Applied;
import io.metastore.snapshot.journal.TransactionResult.Code;
import io.metastore.snapshot.journal.TransactionResult.Conflict;
import io.metastore.snapshot.journal.TransactionResult.Failed;
import io.metastore.snapshot.journal.UndecodableEntryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InterpretationTest {

    private static final byte[] FROM = bytes("b");
    private static final byte[] TO = bytes("d");

    private final Path directory;
    private final MetaState state;
    private long sequence;

    InterpretationTest(@TempDir Path directory) {
        this.directory = directory;
        this.state = MetaState.open(
                directory.resolve("state"), MetaState.Options.defaults("interpretation"), TestCommands.ALL);
    }

    @BeforeEach
    void fill() {
        send(changes(table("t"), put(1, "a", "1"), put(1, "b", "1"), put(1, "c", "1"), put(1, "d", "1")));
    }

    @AfterEach
    void close() {
        state.close();
        assertThat(state.openHandles()).isZero();
    }

    private BatchOutcome send(JournalTransaction... transactions) {
        sequence++;
        return state.apply(new LogPosition(1, sequence), entry(1000 * sequence, SESSION, sequence, transactions));
    }

    /** What a closure that has read a range and a key now would check. */
    private JournalTransaction closure(JournalOp... ops) {
        try (StateView view = state.view();
                RecordSource.RecordCursor cursor = view.scan(1, FROM, TO, false)) {
            RangeDigest digest = new RangeDigest();
            for (StoredRecord next = cursor.nextHeader(); next != null; next = cursor.nextHeader()) {
                digest.add(next.key(), next.modRevision());
            }
            StoredRecord a = Objects.requireNonNull(view.get(1, bytes("a")));
            List<JournalCheck> checks = List.of(
                    new JournalCheck.KeyUnchanged(1, bytes("a"), a.modRevision()),
                    new JournalCheck.RangeUnchanged(1, FROM, TO, digest.value()));
            return new Changes(view.at().revision().number(), checks, List.of(ops), List.of());
        }
    }

    /** Both when the other write is in the same batch and when it is in an earlier one. */
    private void assertConflict(int check, long version, JournalTransaction first, JournalTransaction second) {
        JournalTransaction inBatch = closure(put(1, "result", "x"));
        assertThat(send(first, inBatch).results().get(1)).isEqualTo(new Conflict(check, version));
        JournalTransaction stale = closure(put(1, "result", "x"));
        send(second);
        assertThat(send(stale).results().get(0)).isEqualTo(new Conflict(check, version == 0 ? 0 : version + 1));
        assertThat(state.get(1, bytes("result"))).isNull();
    }

    @Test
    void aWrittenKeyIsAConflict() {
        assertConflict(0, 2, changes(put(1, "a", "2")), changes(put(1, "a", "3")));
    }

    @Test
    void aPhantomInAScannedRangeIsAConflict() {
        assertConflict(1, 0, changes(put(1, "bb", "new")), changes(put(1, "bc", "new")));
    }

    @Test
    void aRemovalFromAScannedRangeIsAConflict() {
        assertConflict(1, 0, changes(remove(1, "c")), changes(remove(1, "b")));
    }

    @Test
    void aWriteOutsideWhatWasReadIsNoConflict() {
        JournalTransaction closure = closure(put(1, "result", "x"));
        BatchOutcome outcome = send(changes(put(1, "d", "2"), remove(1, "zz"), put(1, "aa", "3")), closure);
        assertThat(outcome.results().get(1)).isInstanceOf(Applied.class);
    }

    @Test
    void aTransactionThatChangesNothingHasNoRevision() {
        long before = state.revision().number();
        String fingerprint = state.fingerprint();
        Applied nothing = (Applied) send(changes(remove(1, "absent"))).results().get(0);
        assertThat(nothing.changed()).isFalse();
        assertThat(nothing.revision()).isEqualTo(before);
        assertThat(nothing.opResults()).containsExactly(0);
        assertThat(state.revision().number()).isEqualTo(before);
        assertThat(state.fingerprint()).isEqualTo(fingerprint);
    }

    @Test
    void aFailedTransactionLeavesNoTrace() {
        String fingerprint = state.fingerprint();
        BatchOutcome outcome = send(
                changes(put(1, "x", "1"), new JournalOp.NextIds("ids", 5), table("other"), put(77, "x", "1")),
                new CommandCall("fail", 1, bytes("?")));
        assertThat(outcome.results()).allMatch(Failed.class::isInstance);
        assertThat(state.fingerprint()).isEqualTo(fingerprint);
        assertThat(state.tables()).hasSize(1);
        assertThat(state.get(1, bytes("x"))).isNull();
        try (StateView view = state.view();
                FeedCursor feed = view.feed(1)) {
            assertThat(view.lastId("ids")).isZero();
            assertThat(feed.next()).isNull();
        }
    }

    @Test
    void idsStartAtOneAndNeverRepeat() {
        Applied first = (Applied)
                send(changes(new JournalOp.NextIds("ids", 3))).results().get(0);
        Applied second = (Applied) send(changes(new JournalOp.NextIds("ids", 1), new JournalOp.NextIds("more", 1)))
                .results()
                .get(0);
        assertThat(first.opResults()).containsExactly(1);
        assertThat(second.opResults()).containsExactly(4, 1);
    }

    @Test
    void revisionsAreOfTheEpochThatBegan() {
        Applied begun =
                (Applied) send(changes(new JournalOp.BeginEpoch(3))).results().get(0);
        assertThat(begun.opResults()).containsExactly(3);
        assertThat(begun.changed()).isTrue();
        assertThat(state.current().revision().epoch()).isEqualTo(3);
        Applied earlier =
                (Applied) send(changes(new JournalOp.BeginEpoch(2))).results().get(0);
        assertThat(earlier.opResults()).containsExactly(3);
        assertThat(earlier.changed()).isFalse();
        // one that fails as a whole begins nothing
        send(changes(new JournalOp.BeginEpoch(9), put(77, "x", "1")));
        BatchOutcome next = send(changes(put(1, "a", "1")));
        assertThat(next.epoch()).isEqualTo(3);
        assertThat(state.current().revision().epoch()).isEqualTo(3);
    }

    @Test
    void leaderTimeNeverGoesBack() {
        state.apply(new LogPosition(1, 50), entry(9_000_000, SESSION, 60, changes(put(1, "a", "1"))));
        state.apply(new LogPosition(1, 51), entry(5, SESSION, 61, changes(put(1, "a", "1"))));
        assertThat(state.current().leaderTimeMillis()).isEqualTo(9_000_000);
    }

    @Test
    void anUnknownCommandStopsBeforeAnythingOfItsEntryIsApplied() {
        AppliedState before = state.current();
        assertThatThrownBy(() -> send(changes(put(1, "x", "1")), new CommandCall("rotate", 2, bytes("?"))))
                .isInstanceOf(UnknownCommandInJournalException.class)
                .hasMessageContaining("name=rotate version=2");
        assertThat(state.current()).isEqualTo(before);
        assertThat(state.get(1, bytes("x"))).isNull();
        assertThat(state.recomputeFingerprint()).isEqualTo(state.fingerprint());
    }

    /** A state whose one command writes and then throws what it is told to. */
    private MetaState throwing(String name, Supplier<? extends Throwable> thrown) {
        CommandRuntime failing = new CommandRuntime() {
            @Override
            public boolean knows(String command, int version) {
                return true;
            }

            @Override
            public byte[] run(String command, int version, byte[] argument, Access access) {
                access.put(1, bytes("x"), 1, bytes("x"));
                throw InterpretationTest.<RuntimeException>undeclared(thrown.get());
            }
        };
        MetaState other = MetaState.open(directory.resolve(name), MetaState.Options.defaults(name), failing);
        other.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("t"))));
        return other;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Throws it whatever it is, as other languages do.
    private static <E extends Throwable> E undeclared(Throwable thrown) throws E {
        throw (E) thrown;
    }

    private static BatchOutcome call(MetaState other) {
        return other.apply(new LogPosition(1, 1), entry(SESSION, 2, new CommandCall("x", 1, new byte[0])));
    }

    static Stream<Throwable> whatFailsTheMember() {
        return Stream.of(
                new OutOfMemoryError("told to"),
                new InternalError("told to"),
                new CorruptStateException("told to"),
                new StoreFailedException("told to"));
    }

    @ParameterizedTest
    @MethodSource("whatFailsTheMember")
    void whatIsNotTheHandlersFaultComesThroughAndChangesNothing(Throwable thrown) {
        try (MetaState other = throwing("other", () -> thrown)) {
            AppliedState before = other.current();
            assertThatThrownBy(() -> call(other)).isSameAs(thrown);
            assertThat(other.current()).isEqualTo(before);
            assertThat(other.get(1, bytes("x"))).isNull();
        }
    }

    static Stream<Throwable> whatFailsTheCommand() {
        return Stream.of(
                new IllegalStateException("told to"),
                new AssertionError("told to"),
                new StackOverflowError("told to"),
                new NoClassDefFoundError("told to"),
                new ExceptionInInitializerError("told to"),
                new IOException("told to"));
    }

    /** An error that came out would stop every member at this entry, and again at each replay. */
    @ParameterizedTest
    @MethodSource("whatFailsTheCommand")
    void whateverAHandlerThrowsFailsTheCommandAndNotTheMember(Throwable thrown) {
        try (MetaState other = throwing("other", () -> thrown)) {
            String fingerprint = other.fingerprint();
            assertThat(call(other).results()).containsExactly(new Failed(Code.COMMAND_FAILED, "told to"));
            assertThat(other.applied()).isEqualTo(new LogPosition(1, 1));
            assertThat(other.get(1, bytes("x"))).isNull();
            assertThat(other.fingerprint()).isEqualTo(fingerprint);
        }
    }

    @Test
    void aHandlersMessageIsCutBeforeItFillsTheStateAndMayBeMissing() {
        String pair = "\uD83D\uDE00"; // One character of two chars; the cut would go through the middle of one.
        List<Throwable> thrown = List.of(
                new IllegalStateException("x" + pair.repeat(1_000_000)), new AssertionError(), new RuntimeException() {
                    @Override
                    public String getMessage() {
                        throw new IllegalStateException("computed");
                    }
                });
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < thrown.size(); i++) {
            Throwable each = thrown.get(i);
            try (MetaState other = throwing("other" + i, () -> each)) {
                messages.add(((Failed) call(other).results().get(0)).message());
            }
        }
        assertThat(messages.get(0)).isEqualTo("x" + pair.repeat(511) + "... (2000001 characters)");
        assertThat(messages.get(1)).isEqualTo(AssertionError.class.getName());
        assertThat(messages.get(2)).startsWith(InterpretationTest.class.getName());
    }

    @Test
    void anUndecodableEntryIsNotApplied() {
        AppliedState before = state.current();
        assertThatThrownBy(() -> state.apply(new LogPosition(1, 9), ByteBuffer.wrap(new byte[] {1, 2, 3})))
                .isInstanceOf(UndecodableEntryException.class);
        assertThat(state.current()).isEqualTo(before);
    }

    @Test
    void entriesMustComeInOrder() {
        LogPosition applied = state.applied();
        assertThat(state.contains(applied)).isTrue();
        assertThatThrownBy(() -> state.apply(applied, entry(SESSION, 9))).isInstanceOf(IllegalArgumentException.class);
        state.skip(new LogPosition(4, 10));
        assertThat(state.applied()).isEqualTo(new LogPosition(4, 10));
        assertThatThrownBy(() -> state.skip(new LogPosition(3, 11))).isInstanceOf(IllegalArgumentException.class);
        assertThat(state.flush()).isEqualTo(new LogPosition(4, 10));
    }
}
