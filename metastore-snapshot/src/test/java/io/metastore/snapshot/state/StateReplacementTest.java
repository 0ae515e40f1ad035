package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.SESSION;
import static io.metastore.snapshot.state.Entries.bytes;
import static io.metastore.snapshot.state.Entries.changes;
import static io.metastore.snapshot.state.Entries.entry;
import static io.metastore.snapshot.state.Entries.put;
import static io.metastore.snapshot.state.Entries.table;
import static io.metastore.snapshot.state.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another state takes the place of the one that is used. */
class StateReplacementTest {

    @TempDir
    Path temporary;

    private MetaState source;

    private static MetaState open(Path directory) {
        return MetaState.open(directory, MetaState.Options.defaults("replaced"), CommandRuntime.NONE);
    }

    @BeforeEach
    void openSource() {
        source = open(temporary.resolve("source"));
        source.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("t"))));
    }

    private void write(MetaState state, int from, int to) {
        for (int i = from; i <= to; i++) {
            state.apply(
                    new LogPosition(1, i), entry(SESSION, i + 1, changes(put(1, "now", "" + i), put(1, "k" + i, "v"))));
        }
    }

    private Path checkpoint(String name) {
        return source.checkpoint(temporary.resolve(name)).directory();
    }

    @Test
    void everythingIsNewButOpenViews() throws IOException {
        write(source, 1, 5);
        Path old = checkpoint("old");
        write(source, 6, 9);
        Path next = checkpoint("next");
        MetaState state = open(old);
        StateView first = state.view();
        StateView second = state.view();
        RecordSource.RecordCursor cursor = second.scan(1, new byte[0], null, false);
        CompletableFuture<Void> closed = state.replace(next);
        // then
        assertThat(state.current()).isEqualTo(source.current());
        assertThat(state.durable()).isEqualTo(new LogPosition(1, 9));
        assertThat(text(Objects.requireNonNull(state.get(1, bytes("now"))).value()))
                .isEqualTo("9");
        assertThat(state.has(1, bytes("k9"))).isTrue();
        assertThat(first.at().position()).isEqualTo(new LogPosition(1, 5));
        assertThat(text(Objects.requireNonNull(first.get(1, bytes("now"))).value()))
                .isEqualTo("5");
        assertThat(cursor.next()).isNotNull();
        write(state, 10, 12);
        assertThat(state.recomputeFingerprint()).isEqualTo(state.fingerprint());
        try (StateView now = state.view()) {
            assertThat(now.at().position()).isEqualTo(new LogPosition(1, 12));
        }
        first.close();
        first.close();
        assertThat(closed).isNotDone();
        assertThat(second.get(1, bytes("k9"))).isNull();
        second.close();
        assertThat(closed).isCompleted();
        Trees.delete(old);
        write(state, 13, 13);
        state.flush();
        state.close();
        assertThat(state.openHandles()).isZero();
        try (MetaState again = open(next)) {
            assertThat(again.applied()).isEqualTo(new LogPosition(1, 13));
        }
        source.close();
    }

    @Test
    void closingTheStateClosesWhatWasReplaced() {
        Path old = checkpoint("old");
        write(source, 1, 2);
        Path next = checkpoint("next");
        write(source, 3, 4);
        Path last = checkpoint("last");
        MetaState state = open(old);
        StateView view = state.view();
        CompletableFuture<Void> closed = state.replace(next);
        StateView other = state.view();
        CompletableFuture<Void> nextClosed = state.replace(last);
        assertThat(closed).isNotDone();
        state.close();
        assertThat(closed).isCompleted();
        assertThat(nextClosed).isCompleted();
        assertThat(state.openHandles()).isZero();
        assertThatThrownBy(() -> view.get(1, bytes("now"))).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> state.get(1, bytes("now"))).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> state.replace(old)).isInstanceOf(StoreClosedException.class);
        view.close();
        other.close();
        assertThat(state.openHandles()).isZero();
        source.close();
    }

    @Test
    void whatIsBehindOrDamagedIsRefusedAndTheStateGoesOn() throws IOException {
        Path old = checkpoint("old");
        write(source, 1, 2);
        Path current = checkpoint("current");
        Path damaged = checkpoint("damaged");
        Files.delete(damaged.resolve("CURRENT"));
        MetaState state = open(current);
        int handles = state.openHandles();
        assertThatThrownBy(() -> state.replace(old))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("position=(1, 0)")
                .hasMessageContaining("applied=(1, 2)");
        assertThatThrownBy(() -> state.replace(damaged)).isInstanceOf(CorruptStateException.class);
        assertThat(state.openHandles()).isEqualTo(handles);
        write(state, 3, 4);
        assertThat(state.recomputeFingerprint()).isEqualTo(state.fingerprint());
        state.close();
        source.close();
    }

    /** Readers of all kinds, while one state after the other is put in place: none fails, and nobody sees it go back. */
    @Test
    void readersNeverNotice() throws Exception {
        write(source, 1, 200);
        MetaState state = open(checkpoint("generation0"));
        Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        List<Runnable> works = List.of(
                () -> readRecord(state),
                () -> assertThat(state.has(1, bytes("k7"))).isTrue(),
                () -> readView(state),
                () -> state.flush(),
                () -> assertThat(state.openHandles()).isPositive());
        List<Thread> threads = new ArrayList<>();
        for (Runnable work : works) {
            threads.add(new Thread(() -> hammer(work, ended, reads, wrong)));
        }
        threads.add(new Thread(() -> watch(state, ended, wrong)));
        threads.forEach(Thread::start);
        List<CompletableFuture<Void>> closed = new ArrayList<>();
        for (int generation = 1; generation <= 12; generation++) {
            int from = 200 + (generation - 1) * 40 + 1;
            write(source, from, from + 39);
            write(state, from, from + 19); // So far it has come when it is overtaken.
            closed.add(state.replace(checkpoint("generation" + generation)));
            assertThat(state.current()).isEqualTo(source.current());
        }
        long seen = reads.get();
        while (reads.get() < seen + 500) {
            assertThat(wrong).isEmpty();
            Thread.onSpinWait();
        }
        ended.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(closed).allSatisfy(future -> assertThat(future).isCompleted());
        assertThat(state.recomputeFingerprint()).isEqualTo(state.fingerprint());
        state.close();
        assertThat(state.openHandles()).isZero();
        source.close();
    }

    private static void hammer(Runnable work, AtomicBoolean ended, AtomicLong reads, Queue<Throwable> wrong) {
        try {
            while (!ended.get()) {
                work.run();
                reads.incrementAndGet();
            }
        } catch (Throwable e) {
            wrong.add(e);
        }
    }

    private static void readRecord(MetaState state) {
        long before = state.applied().index();
        long now = Long.parseLong(
                text(Objects.requireNonNull(state.get(1, bytes("now"))).value()));
        assertThat(now).isGreaterThanOrEqualTo(before);
    }

    private static void readView(MetaState state) {
        try (StateView view = state.view()) {
            String now = text(Objects.requireNonNull(view.get(1, bytes("now"))).value());
            assertThat(now).isEqualTo("" + view.at().position().index());
            assertThat(view.recomputeFingerprint()).isEqualTo(view.at().fingerprint());
        }
    }

    private static void watch(MetaState state, AtomicBoolean ended, Queue<Throwable> wrong) {
        AppliedState last = state.current();
        LogPosition durable = state.durable();
        try {
            while (!ended.get()) {
                AppliedState now = state.current();
                assertThat(now.position()).isGreaterThanOrEqualTo(last.position());
                assertThat(now.revision()).isGreaterThanOrEqualTo(last.revision());
                last = now;
                LogPosition durableNow = state.durable();
                assertThat(durableNow).isGreaterThanOrEqualTo(durable);
                durable = durableNow;
            }
        } catch (Throwable e) {
            wrong.add(e);
        }
    }
}
