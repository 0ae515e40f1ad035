package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Batch;
import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.Health;
import io.metastore.api.Ids;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreClosedException;
import io.metastore.api.Table;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A store that was closed answers every call with the same typed error. */
class ClosedStoreTest extends OneMember {

    private static final CommandType<String, String> ECHO =
            CommandType.of("echo", Codecs.utf8(), Codecs.utf8(), (context, argument) -> argument);

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.commands(ECHO);
    }

    @Test
    void everyCallIsRefusedAndHealthSaysWhy() {
        Table<String, String> notes = store.table(NOTES);
        Ids ids = store.ids("n");
        MetaStore other = store.withTimeout(Duration.ofSeconds(1));
        Revision revision = notes.put("k", "v");
        store.close();
        List<ThrowingCallable> uses = List.of(
                () -> store.table(NOTES),
                () -> notes.get("k"),
                () -> notes.getEntry("k"),
                () -> notes.contains("k"),
                () -> notes.reading(ReadMode.local()).get("k"),
                () -> notes.reading(ReadMode.atLeast(revision)).get("k"),
                () -> notes.put("k", "v"),
                () -> notes.putIfAbsent("k", "v"),
                () -> notes.replace("k", 1, "v"),
                () -> notes.remove("k"),
                () -> notes.remove("k", 1),
                () -> notes.removeRange(Range.all()),
                () -> notes.scan(Range.all()),
                () -> notes.count(Range.all()),
                () -> store.update(tx -> {}),
                () -> store.compute(tx -> 1),
                () -> store.apply(Batch.of(Op.put(NOTES, "k", "v"))),
                () -> store.execute(ECHO, "x"),
                () -> store.read(ReadMode.local(), snapshot -> 1),
                () -> ids.next(),
                () -> store.ids("m").nextBlock(2),
                () -> store.revision(),
                () -> store.awaitRevision(revision, Duration.ofSeconds(1)),
                () -> store.status(),
                () -> other.table(NOTES));
        for (int i = 0; i < uses.size(); i++) {
            assertThatThrownBy(uses.get(i))
                    .as("use %d", i)
                    .isInstanceOf(StoreClosedException.class)
                    .hasMessageContaining("single");
        }
        assertThat(store.health().live()).isFalse();
        assertThat(store.health().findings()).extracting(Health.Finding::code).contains("CLOSED");
    }

    @Test
    void closingAgainDoesNothingWhoeverDoesIt() {
        store.table(NOTES).put("k", "v");
        MetaStore other = store.withTimeout(Duration.ofSeconds(1));
        List<CompletableFuture<Void>> closing = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.runAsync(() -> (i % 2 == 0 ? store : other).close()))
                .toList();
        closing.forEach(OneMember::result);
        store.close();
        reopen();
        assertThat(store.table(NOTES).get("k")).contains("v");
    }

    @Test
    void whoeverClosesFirstEveryCloserReturnsWhenTheDirectoryIsFree() {
        for (int round = 0; round < 10; round++) {
            MetaStore closing = store;
            CompletableFuture<Void> first = CompletableFuture.runAsync(closing::close);
            closing.close();
            store = configure(MetaStore.builder(directory)).open();
            result(first);
        }
        store.table(NOTES).put("k", "v");
    }

    @Test
    void aTimeoutThatIsNotPositiveIsAMistakeOfTheCaller() {
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofMillis(-1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.withTimeout(timeout))
                    .withMessageContaining(timeout.toString());
        }
    }
}
