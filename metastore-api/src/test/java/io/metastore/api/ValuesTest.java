package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The small values that go in and come out. */
class ValuesTest {

    private static final TableDef<String, Long> TABLE = TableDef.of("t", Codecs.utf8(), Codecs.int64());
    private static final Revision REVISION = new Revision(1, 7, new LogPosition(2, 9));

    @Test
    void aCompareAndSetSaysWhetherItApplied() {
        assertThat(new CasResult.Applied(REVISION).applied()).isTrue();
        assertThat(new CasResult.Conflict(3).applied()).isFalse();
    }

    @Test
    void aBatchKeepsItsBranchesApart() {
        Op put = Op.put(TABLE, "a", 1L);
        Op remove = Op.remove(TABLE, "a");
        Check absent = Check.absent(TABLE, "a");
        Batch batch = Batch.when(absent).then(put).otherwise(remove);
        assertThat(batch.checks()).containsExactly(absent);
        assertThat(batch.then()).containsExactly(put);
        assertThat(batch.otherwise()).containsExactly(remove);
        assertThat(batch.failReason()).isNull();
        Batch failing = batch.otherwiseFail("exists");
        assertThat(failing.otherwise()).isEmpty();
        assertThat(failing.failReason()).isEqualTo("exists");
        assertThat(Batch.of(put, remove).checks()).isEmpty();
    }

    @Test
    void aBatchDoesNotSeeLaterChangesOfItsList() {
        List<Op> ops = new ArrayList<>(List.of(Op.removeRange(TABLE, Range.all())));
        Batch batch = Batch.of(ops);
        ops.clear();
        assertThat(batch.then()).hasSize(1);
    }

    @Test
    void aCheckedVersionIsOneOfAnExistingKey() {
        assertThat(Check.version(TABLE, "a", 1)).isEqualTo(new Check.HasVersion<>(TABLE, "a", 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Check.version(TABLE, "a", 0))
                .withMessageContaining("use Check.absent: version=0");
    }

    @Test
    void revisionsAreOrderedByNumber() {
        Revision recovered = new Revision(2, 7, new LogPosition(3, 1));
        Revision later = new Revision(1, 8, new LogPosition(2, 10));
        assertThat(REVISION).isLessThan(recovered).isLessThan(later).hasToString("7");
        assertThat(recovered).isLessThan(later);
        assertThatIllegalArgumentException().isThrownBy(() -> new Revision(0, 1, LogPosition.NONE));
        assertThatIllegalArgumentException().isThrownBy(() -> new Revision(1, -1, LogPosition.NONE));
    }

    @Test
    void positionsAreOrderedByTermFirst() {
        assertThat(new LogPosition(2, 1)).isGreaterThan(new LogPosition(1, 100)).hasToString("(2, 1)");
        assertThat(LogPosition.NONE).isLessThan(new LogPosition(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new LogPosition(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new LogPosition(0, -2));
    }

    @Test
    void aLagIsNotNegative() {
        assertThat(ReadMode.maxLag(Duration.ZERO)).isEqualTo(new ReadMode.MaxLag(Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReadMode.maxLag(Duration.ofMillis(-1)))
                .withMessageContaining("lag=PT-0.001S");
    }

    @Test
    void tablesHaveNamesAndVersions() {
        assertThat(TABLE).hasToString("t v1 (utf8 -> int64)");
        for (String bad : List.of("", "a b", "a/b", "\u00E9", "a".repeat(129))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TableDef.of(bad, Codecs.utf8(), Codecs.int64()))
                    .withMessageContaining("name='" + bad + "'");
        }
        for (int bad : new int[] {0, 256}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TABLE.version(bad))
                    .withMessageContaining("version=" + bad);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TABLE.version(2).upgradeFrom(2, bytes -> 0L))
                .withMessageContaining("version=2 from=2");
    }

    @Test
    void anOldValueWithoutUpgradeSaysWhichOneIsMissing() {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> TABLE.version(3).upgradeFrom(2, bytes -> 0L).decodeValue(1, new byte[8]))
                .withMessageContaining("stored=1 defined=3")
                .withMessageContaining("upgradeFrom(1");
    }

    @Test
    void commandsHaveNamesAndVersions() {
        CommandType.Handler<Long, Long> handler = (context, argument) -> argument;
        assertThat(CommandType.of("add", Codecs.int64(), Codecs.int64(), handler)
                        .version())
                .isEqualTo(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandType.of("a b", Codecs.int64(), Codecs.int64(), handler))
                .withMessageContaining("name='a b'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CommandType<>("add", 0, Codecs.int64(), Codecs.int64(), handler))
                .withMessageContaining("version=0");
    }

    @Test
    void aPageGoesOnWhereItWasCut() {
        Page<String, Long> page = new Page<>(List.of(new Entry<>("a", 1L, 1, 1, 1)), Range.atLeast("b"), REVISION);
        assertThat(page).hasSize(1);
        assertThat(page.isEmpty()).isFalse();
        assertThat(page.next()).isPresent();
        assertThat(new Page<>(List.of(), null, REVISION).next()).isEmpty();
    }

    @Test
    void aRemovalSaysWhetherAnythingWasThere() {
        assertThat(new Removed(REVISION, 0).existed()).isFalse();
        assertThat(new Removed(REVISION, 2).existed()).isTrue();
    }
}
