package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.changes;
import static io.metastore.snapshot.state.Entries.entry;
import static io.metastore.snapshot.state.Entries.put;
import static io.metastore.snapshot.state.Entries.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.BatchOutcome.Status;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.JournalTransaction.Resolve;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.journal.TransactionResult.Answer;
import io.metastore.snapshot.journal.TransactionResult.Resolved;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionsTest {

    private final Path directory;
    private MetaState state;
    private long index;

    SessionsTest(@TempDir Path directory) {
        this.directory = directory;
        this.state = open();
    }

    private MetaState open() {
        return MetaState.open(directory.resolve("state"), MetaState.Options.defaults("sessions"), CommandRuntime.NONE);
    }

    @BeforeEach
    void register() {
        send(session(0), 1, changes(table("t")));
    }

    @AfterEach
    void close() {
        state.close();
    }

    private static UUID session(int number) {
        return new UUID(5, number);
    }

    private BatchOutcome send(UUID session, long sequence, JournalTransaction... transactions) {
        return state.apply(new LogPosition(3, index++), entry(session, sequence, transactions));
    }

    private void reopen() {
        state.close();
        state = open();
    }

    private static JournalTransaction write() {
        return changes(put(1, "key", "value"));
    }

    private static Answer answer(BatchOutcome outcome) {
        return ((Resolved) outcome.results().get(0)).answer();
    }

    @Test
    void aBatchSentAgainIsAnsweredAsTheFirstTime() {
        BatchOutcome first = send(session(1), 1, write(), write());
        String fingerprint = state.fingerprint();
        for (int i = 0; i < 3; i++) {
            BatchOutcome again = send(session(1), 1, write(), write());
            assertThat(JournalCodec.encodeOutcome(again)).isEqualTo(JournalCodec.encodeOutcome(first));
            assertThat(again.position()).isEqualTo(first.position());
            reopen();
        }
        assertThat(state.fingerprint()).isEqualTo(fingerprint);
        assertThat(state.revision().number()).isEqualTo(3);
        assertThat(state.revision().position()).isEqualTo(first.position());
    }

    @Test
    void aBatchThatWasOvertakenIsNotApplied() {
        send(session(1), 1, write());
        send(session(1), 4, write());
        String fingerprint = state.fingerprint();
        assertThat(send(session(1), 3, write()).status()).isEqualTo(Status.STALE);
        assertThat(send(session(1), 2, write()).results()).isEmpty();
        assertThat(send(session(1), 5, write()).status()).isEqualTo(Status.APPLIED);
        assertThat(send(session(1), 3, write()).status()).isEqualTo(Status.STALE);
        assertThat(state.fingerprint()).isNotEqualTo(fingerprint);
        assertThat(state.revision().number()).isEqualTo(4);
    }

    @Test
    void onlyTheFirstBatchOpensASession() {
        assertThat(send(session(1), 2, write()).status()).isEqualTo(Status.SESSION_UNKNOWN);
        assertThat(send(session(1), 1).status()).isEqualTo(Status.APPLIED);
        assertThat(send(session(1), 2, write()).status()).isEqualTo(Status.APPLIED);
    }

    @Test
    void resultsAreRememberedForAWindowOfBatches() {
        for (long sequence = 1; sequence <= 400; sequence++) {
            send(session(1), sequence, write());
        }
        for (int pass = 0; pass < 2; pass++) {
            assertThat(send(session(1), 144, write()).status()).isEqualTo(Status.STALE);
            assertThat(send(session(1), 145, write()).status()).isEqualTo(Status.APPLIED);
            reopen();
        }
        assertThat(answer(send(session(1), 401, new Resolve(144, 0)))).isEqualTo(Answer.FORGOTTEN);
        assertThat(answer(send(session(1), 402, new Resolve(146, 0)))).isEqualTo(Answer.COMMITTED);
    }

    @Test
    void resultsAreRememberedForSoManyTransactions() {
        JournalTransaction[] thousand = new JournalTransaction[1000];
        Arrays.fill(thousand, write());
        for (long sequence = 1; sequence <= 6; sequence++) {
            send(session(1), sequence, thousand);
        }
        for (int pass = 0; pass < 2; pass++) {
            assertThat(send(session(1), 2, thousand).status()).isEqualTo(Status.STALE);
            assertThat(send(session(1), 3, thousand).status()).isEqualTo(Status.APPLIED);
            reopen();
        }
        JournalTransaction[] many = new JournalTransaction[5000];
        Arrays.fill(many, write());
        BatchOutcome large = send(session(1), 7, many);
        assertThat(send(session(1), 6, thousand).status()).isEqualTo(Status.STALE);
        assertThat(JournalCodec.encodeOutcome(send(session(1), 7, many))).isEqualTo(JournalCodec.encodeOutcome(large));
    }

    @Test
    void resolvesWhatBecameOfATransaction() {
        // given
        BatchOutcome applied = send(session(1), 1, write(), changes(put(9, "no", "table")));
        // then
        BatchOutcome asked = send(
                session(1),
                5,
                new Resolve(1, 0),
                new Resolve(1, 1),
                new Resolve(1, 2),
                new Resolve(3, 0),
                new Resolve(5, 0),
                new Resolve(6, 0),
                new Resolve(0, 0));
        long revision = ((TransactionResult.Applied) applied.results().get(0)).revision();
        assertThat(asked.position()).isNotEqualTo(applied.position());
        assertThat(asked.results())
                .containsExactly(
                        new Resolved(Answer.COMMITTED, revision, applied.position()),
                        new Resolved(Answer.NOT_COMMITTED),
                        new Resolved(Answer.NOT_COMMITTED),
                        new Resolved(Answer.NOT_COMMITTED),
                        new Resolved(Answer.FORGOTTEN),
                        new Resolved(Answer.FORGOTTEN),
                        new Resolved(Answer.FORGOTTEN));
        // when the batch that was given up arrives after all
        assertThat(send(session(1), 3, write()).status()).isEqualTo(Status.STALE);
    }

    @Test
    void resolvesWithThePositionAtWhichTheBatchWasAppliedFirst() {
        // given a batch that is in the journal three times, the last after a restart
        BatchOutcome first = send(session(1), 1, write());
        send(session(1), 1, write());
        reopen();
        send(session(1), 1, write());
        // when
        BatchOutcome asked = send(session(1), 2, new Resolve(1, 0));
        BatchOutcome askedAgain = send(session(1), 3, new Resolve(1, 0));
        // then
        assertThat(state.revision().position()).isEqualTo(first.position());
        assertThat(asked.results()).containsExactly(new Resolved(Answer.COMMITTED, 2, first.position()));
        assertThat(askedAgain.results()).isEqualTo(asked.results());
    }

    @Test
    void theSessionThatWasLongestUnusedIsForgotten() {
        for (int i = 1; i < Sessions.SESSIONS_MAX; i++) {
            send(session(i), 1, write());
        }
        send(session(0), 2, write()); // Now session 1 is the eldest.
        send(session(2), 1, write()); // Sent again: that is no use of the session.
        reopen();
        send(session(5000), 1, write());
        send(session(5001), 1, write());
        assertThat(send(session(1), 2, write()).status()).isEqualTo(Status.SESSION_UNKNOWN);
        assertThat(send(session(2), 2, write()).status()).isEqualTo(Status.SESSION_UNKNOWN);
        assertThat(send(session(3), 2, write()).status()).isEqualTo(Status.APPLIED);
        assertThat(send(session(0), 3, write()).status()).isEqualTo(Status.APPLIED);
        reopen();
        assertThat(send(session(1), 2, write()).status()).isEqualTo(Status.SESSION_UNKNOWN);
        assertThat(send(session(5000), 1, write()).status()).isEqualTo(Status.APPLIED);
        assertThat(send(session(5000), 2, write()).status()).isEqualTo(Status.APPLIED);
    }
}
