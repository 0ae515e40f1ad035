package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.AsyncTable;
import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.Limits;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OverloadedException;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.raft.MicrometerMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What waits while a batch is under way goes into the journal together: one entry, one force, whatever it holds. */
class GroupCommitTest extends OneMember {

    private static final int QUEUE_BYTES_MAX = 200_000;

    /** Holds the apply thread until it is let go. */
    private static final class Hold {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
    }

    private static final Kept<Hold> HOLD = new Kept<>();

    private static final CommandType<String, String> HOLDING =
            CommandType.of("holding", Codecs.utf8(), Codecs.utf8(), (context, argument) -> {
                HOLD.get().entered.countDown();
                await(HOLD.get().released);
                return argument;
            });

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.commands(HOLDING)
                .with(MicrometerMetrics.of(registry))
                .limits(Limits.defaults().toBuilder()
                        .queueBytesMax(QUEUE_BYTES_MAX)
                        .build());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** A command that is being applied: its batch is under way, so what comes now waits. */
    private CompletableFuture<String> hold() {
        HOLD.set(new Hold());
        CompletableFuture<String> held = store.withTimeout(PATIENCE).async().execute(HOLDING, "x");
        await(HOLD.get().entered);
        return held;
    }

    @Test
    void aThousandWritesThatWaitTogetherAreOneEntryOfTheJournalAndAThousandRevisions() {
        AsyncTable<String, String> notes = store.withTimeout(PATIENCE).async().table(NOTES);
        long index = result(notes.put("before", "v")).position().index();
        CompletableFuture<String> held = hold();
        List<CompletableFuture<Revision>> writes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            writes.add(notes.put("k" + i, "v"));
        }
        assertThat(registry.get("metastore.queue").gauge().value()).isEqualTo(1_000);
        HOLD.get().released.countDown();
        result(held);
        List<Revision> revisions = writes.stream().map(OneMember::result).toList();
        assertThat(revisions).extracting(Revision::number).doesNotHaveDuplicates();
        assertThat(revisions)
                .extracting(revision -> revision.position().index())
                .containsOnly(index + 2);
        assertThat(registry.get("metastore.batch.transactions").summary().max()).isEqualTo(1_000);
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(1_001);
    }

    @Test
    void theBytesThatWaitAreLimitedAndWhatWasTakenIsWritten() {
        AsyncTable<String, String> notes = store.withTimeout(PATIENCE).async().table(NOTES);
        result(notes.put("before", "v"));
        CompletableFuture<String> held = hold();
        String large = "x".repeat(50_000);
        List<CompletableFuture<Revision>> writes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            writes.add(notes.put("k" + i, large));
        }
        for (int i = 0; i < 5; i++) {
            CompletableFuture<Revision> refused = notes.put("refused", large);
            assertThatThrownBy(() -> result(refused))
                    .isInstanceOfSatisfying(OverloadedException.class, e -> assertThat(e.outcome())
                            .isEqualTo(MetastoreException.Outcome.NOT_APPLIED))
                    .hasMessageContaining("bytesLimit=" + QUEUE_BYTES_MAX)
                    .hasMessageContaining("limits.queueBytesMax");
        }
        writes.add(notes.put("small", "there is room for it"));
        HOLD.get().released.countDown();
        result(held);
        writes.forEach(OneMember::result);
        assertThat(store.table(NOTES).contains("refused")).isFalse();
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(5);
        result(notes.put("after", large));
    }
}
