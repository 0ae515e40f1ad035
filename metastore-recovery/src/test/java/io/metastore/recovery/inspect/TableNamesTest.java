package io.metastore.recovery.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TableRecord;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which numbers are told, and which are rather not. */
class TableNamesTest {
    private static final UUID SESSION = new UUID(0, 1);

    private long index = -1;
    private long sequence;

    private static TableNames fromTheStart() {
        return new TableNames(new TableNames.Base(List.of(), -1, "journal"));
    }

    private void show(TableNames names, JournalTransaction... transactions) {
        show(names, ++sequence, transactions);
    }

    private void show(TableNames names, long ofSequence, JournalTransaction... transactions) {
        names.pass(++index);
        names.observe(index, new JournalBatch(SESSION, ofSequence, List.of(transactions)));
    }

    private static TableRecord definition(String name, String valueCodec, int version) {
        return new TableRecord(0, name, "utf8", valueCodec, version);
    }

    private static JournalTransaction register(String name, String valueCodec, int version) {
        return new JournalTransaction.Changes(
                -1, List.of(), List.of(new JournalOp.RegisterTable(definition(name, valueCodec, version))), List.of());
    }

    private static List<String> told(TableNames names) {
        return names.tables().stream().map(each -> each.id() + "=" + each).toList();
    }

    @Test
    void tablesAreCountedInTheOrderOfTheirRegistration() {
        TableNames names = fromTheStart();
        show(names, register("a", "utf8", 1));
        show(names, register("b", "utf8", 1), register("a", "utf8", 1));
        names.pass(++index); // No batch.
        show(names, register("c", "utf8", 1));
        assertThat(told(names)).containsExactly("1=a", "2=b", "3=c");
        assertThat(names.table(4)).hasToString("#4");
    }

    @Test
    void everyVersionKeepsItsCodec() {
        TableNames names = fromTheStart();
        show(names, register("a", "utf8", 1));
        show(names, register("a", "int64", 2));
        show(names, register("a", "utf8", 1)); // Of an older build, refused.
        assertThat(told(names)).containsExactly("1=a");
        InspectedTable a = names.table(1);
        assertThat(a.version()).isEqualTo(2);
        assertThat(List.of(names.valueCodec(a, 1), names.valueCodec(a, 2), names.valueCodec(a, 3)))
                .containsExactly("utf8", "int64", "");
    }

    @Test
    void aTableWithOtherKeysIsAnotherBuildsMistake() {
        TableNames names = fromTheStart();
        show(names, register("a", "utf8", 1));
        show(
                names,
                new JournalTransaction.Changes(
                        -1,
                        List.of(),
                        List.of(new JournalOp.RegisterTable(new TableRecord(0, "a", "int64", "bytes", 2))),
                        List.of()));
        assertThat(names.table(1).keyCodec()).isEqualTo("utf8");
        assertThat(names.table(1).version()).isEqualTo(1);
    }

    @Test
    void aBatchThatIsThereTwiceCountsOnce() {
        TableNames names = fromTheStart();
        show(names, 2, register("a", "utf8", 1));
        show(names, 1, register("stale", "utf8", 1));
        show(names, 3, register("b", "utf8", 1));
        assertThat(told(names)).containsExactly("1=a", "2=b");
    }

    @Test
    void behindACommandNobodyKnowsWhatIsRegistered() {
        TableNames names = fromTheStart();
        show(names, register("a", "utf8", 1));
        show(names, new JournalTransaction.CommandCall("any", 1, new byte[0]));
        show(names, register("b", "utf8", 1));
        show(names, register("a", "int64", 2));
        assertThat(told(names)).containsExactly("1=a");
        assertThat(names.table(1).version()).as("what is known goes on").isEqualTo(2);
    }

    @Test
    void aRegistrationThatMayNotHappenIsNotCounted() {
        TableNames names = fromTheStart();
        show(
                names,
                new JournalTransaction.Changes(
                        -1,
                        List.of(new JournalCheck.Exists(1, new byte[] {1})),
                        List.of(new JournalOp.RegisterTable(definition("perhaps", "utf8", 1))),
                        List.of()));
        show(names, register("b", "utf8", 1));
        assertThat(told(names)).isEmpty();
    }

    @Test
    void aJournalThatBeginsLaterTellsNothingWithoutAState() {
        TableNames names = fromTheStart();
        index = 99;
        show(names, register("b", "utf8", 1));
        assertThat(told(names)).isEmpty();
    }

    @Test
    void behindAStateItIsCountedOn() {
        TableRecord known = new TableRecord(1, "a", "utf8", "utf8", 3);
        TableNames names = new TableNames(new TableNames.Base(List.of(known), 100, "state"));
        index = 49; // Purged up to there.
        show(names, new JournalTransaction.CommandCall("any", 1, new byte[0]));
        show(names, register("a", "int64", 2)); // Before the state, which is at version 3.
        assertThat(told(names)).containsExactly("1=a");
        assertThat(names.valueCodec(names.table(1), 2)).isEqualTo("int64");
        assertThat(names.knows(100)).isTrue();
        assertThat(names.knows(101)).isFalse();
        index = 100;
        show(names, register("b", "utf8", 1));
        assertThat(told(names)).containsExactly("1=a", "2=b");
    }

    @Test
    void aGapBehindTheStateEndsTheCounting() {
        TableNames names =
                new TableNames(new TableNames.Base(List.of(new TableRecord(1, "a", "utf8", "utf8", 1)), 100, "state"));
        index = 101;
        show(names, register("b", "utf8", 1));
        assertThat(told(names)).containsExactly("1=a");
    }
}
