package io.metastore.test;

import static io.metastore.test.Catalog.DATABASES;
import static io.metastore.test.Catalog.NOTES;
import static io.metastore.test.Catalog.database;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CasResult;
import io.metastore.api.DeadlineExceededException;
import io.metastore.api.Entry;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Removed;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.raft.MemberProbe;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys, versions and revisions of one durable member without a port. */
class SingleMemberTest extends OneMember {

    private Table<String, String> notes;

    @BeforeEach
    void table() {
        notes = store.table(NOTES);
    }

    @Test
    void aKeyCountsItsWritesFromOneAndKeepsTheRevisionThatCreatedIt() {
        Revision created = notes.put("k", "a");
        assertThat(notes.getEntry("k")).contains(new Entry<>("k", "a", 1, created.number(), created.number()));
        Revision changed = notes.put("k", "b");
        assertThat(changed.number()).isEqualTo(created.number() + 1);
        assertThat(notes.getEntry("k")).contains(new Entry<>("k", "b", 2, created.number(), changed.number()));
    }

    @Test
    void aKeyThatIsCreatedAgainBeginsAtVersionOneWithANewCreateRevision() {
        notes.put("k", "a");
        notes.put("k", "b");
        notes.remove("k");
        Revision again = notes.put("k", "c");
        assertThat(notes.getEntry("k")).contains(new Entry<>("k", "c", 1, again.number(), again.number()));
    }

    @Test
    void puttingTheSameValueMakesARevisionAndRemovingNothingMakesNone() {
        Revision first = notes.put("k", "same");
        assertThat(notes.put("k", "same").number()).isEqualTo(first.number() + 1);
        Removed nothing = notes.remove("absent");
        assertThat(nothing.existed()).isFalse();
        assertThat(nothing.count()).isZero();
        assertThat(nothing.revision().number()).isEqualTo(first.number() + 1);
        assertThat(notes.removeRange(Range.prefix("none")).count()).isZero();
        assertThat(store.revision().number()).isEqualTo(first.number() + 1);
    }

    @Test
    void compareAndSetAnswersWithTheVersionItFound() {
        CasResult first = notes.putIfAbsent("k", "a");
        assertThat(first).isInstanceOf(CasResult.Applied.class);
        assertThat(notes.putIfAbsent("k", "b")).isEqualTo(new CasResult.Conflict(1));
        assertThat(notes.replace("k", 1, "c").applied()).isTrue();
        assertThat(notes.replace("k", 1, "d")).isEqualTo(new CasResult.Conflict(2));
        assertThat(notes.replace("absent", 1, "d")).isEqualTo(new CasResult.Conflict(0));
        assertThat(notes.get("k")).contains("c");
        assertThat(notes.remove("k", 1)).isEqualTo(new CasResult.Conflict(2));
        assertThat(notes.remove("absent", 1)).isEqualTo(new CasResult.Conflict(0));
        assertThat(notes.remove("k", 2).applied()).isTrue();
        assertThat(notes.contains("k")).isFalse();
    }

    @Test
    void aVersionBelowOneIsAMistakeOfTheCaller() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> notes.replace("k", 0, "v"))
                .withMessageContaining("version=0");
        assertThatIllegalArgumentException().isThrownBy(() -> notes.remove("k", -1));
    }

    @Test
    void aRangeIsRemovedInItsDirectionUpToItsLimit() {
        for (String key : List.of("a1", "a2", "a3", "a4", "b1")) {
            notes.put(key, key);
        }
        Revision before = store.revision();
        Removed last = notes.removeRange(Range.<String>prefix("a").reversed().limit(2));
        assertThat(last.count()).isEqualTo(2);
        assertThat(last.revision().number()).as("one transaction").isEqualTo(before.number() + 1);
        assertThat(notes.scan(Range.all()).entries()).extracting(Entry::key).containsExactly("a1", "a2", "b1");
        assertThat(notes.removeRange(Range.all()).count()).isEqualTo(3);
        assertThat(notes.count(Range.all())).isZero();
    }

    @Test
    void everyModeOfReadingSeesAWriteOfThisMember() {
        Revision revision = notes.put("k", "v");
        for (ReadMode mode : List.of(
                ReadMode.linearizable(),
                ReadMode.local(),
                ReadMode.atLeast(revision),
                ReadMode.maxLag(Duration.ZERO),
                ReadMode.maxLag(Duration.ofMinutes(1)))) {
            assertThat(notes.reading(mode).get("k")).as("%s", mode).contains("v");
            assertThat(notes.reading(mode).contains("k")).as("%s", mode).isTrue();
            assertThat(notes.reading(mode).count(Range.all())).as("%s", mode).isEqualTo(1);
        }
    }

    @Test
    void waitingForARevisionThatDoesNotComeEndsAtItsDeadlineAndNamesBoth() {
        Revision now = notes.put("k", "v");
        store.awaitRevision(now, Duration.ofNanos(1));
        Revision future = new Revision(now.epoch(), now.number() + 1, now.position());
        assertThatThrownBy(() -> store.awaitRevision(future, Duration.ofMillis(20)))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining(future.toString())
                .hasMessageContaining(now.toString());
    }

    @Test
    void everythingIsThereAfterReopeningAndNothingElseHappened() {
        // given
        for (int i = 0; i < 200; i++) {
            notes.put("k" + i % 50, "v" + i);
        }
        store.table(DATABASES).put("sales", database("sales"));
        notes.remove("k7");
        List<Entry<String, String>> before = notes.scan(Range.all()).entries();
        MemberProbe probe = MemberProbe.of(store);
        for (int round = 0; round < 2; round++) {
            // when
            reopen();
            // then
            assertThat(store.table(NOTES).scan(Range.all()).entries()).isEqualTo(before);
            assertThat(store.table(DATABASES).get("sales")).contains(database("sales"));
            assertThat(MemberProbe.of(store).revision()).isEqualTo(probe.revision());
            assertThat(MemberProbe.of(store).fingerprint()).isEqualTo(probe.fingerprint());
            assertThat(MemberProbe.recomputeFingerprint(store)).isEqualTo(probe.fingerprint());
        }
    }

    @Test
    void acknowledgedWritesSurviveAKillWithoutFlush() {
        notes.put("a", "1");
        reopen();
        store.table(NOTES).put("b", "2");
        MemberProbe.kill(store);
        store = configure(io.metastore.api.MetaStore.builder(directory)).open();
        assertThat(store.table(NOTES).scan(Range.all()).entries())
                .extracting(Entry::value)
                .containsExactly("1", "2");
        assertThat(MemberProbe.recomputeFingerprint(store))
                .isEqualTo(MemberProbe.of(store).fingerprint());
    }
}
