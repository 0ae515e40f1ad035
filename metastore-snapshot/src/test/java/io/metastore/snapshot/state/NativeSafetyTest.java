package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.SESSION;
import static io.metastore.snapshot.state.Entries.bytes;
import static io.metastore.snapshot.state.Entries.changes;
import static io.metastore.snapshot.state.Entries.entry;
import static io.metastore.snapshot.state.Entries.put;
import static io.metastore.snapshot.state.Entries.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.LogPosition;
import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.journal.JournalTransaction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A freed native object that is used ends the JVM, and with it this test run: that is how these tests would fail. */
class NativeSafetyTest {

    private final Path directory;
    private final AtomicReference<MetaState> current = new AtomicReference<>();

    NativeSafetyTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private MetaState filled() {
        MetaState state =
                MetaState.open(directory.resolve("state"), MetaState.Options.defaults("safety"), CommandRuntime.NONE);
        state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("t"))));
        for (int i = 1; i <= 50; i++) {
            state.apply(new LogPosition(1, i), entry(SESSION, i + 1, changes(put(1, "k" + i, "v"), put(1, "m", "v"))));
        }
        return state;
    }

    @RepeatedTest(6)
    void closingUnderLoadGivesTypedErrorsOnly() throws InterruptedException {
        // given
        MetaState state = filled();
        AtomicReference<StateView> shared = new AtomicReference<>(state.view());
        Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
        AtomicLong calls = new AtomicLong();
        CountDownLatch warm = new CountDownLatch(400);
        List<Thread> threads = new ArrayList<>();
        List<Runnable> works = List.of(
                () -> state.get(1, bytes("k" + ThreadLocalRandom.current().nextInt(60))),
                () -> scanView(state),
                () -> Objects.requireNonNull(shared.get()).get(1, bytes("m")),
                () -> scan(Objects.requireNonNull(shared.get())),
                () -> swap(state, shared),
                () -> state.view().close());
        for (Runnable work : works) {
            threads.add(new Thread(() -> hammer(work, wrong, calls, warm)));
        }
        threads.add(new Thread(() -> applyUntilClosed(state, wrong)));
        threads.forEach(Thread::start);
        warm.await();
        // when
        state.close();
        // then
        assertThat(state.openHandles()).isZero();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(calls).hasPositiveValue();
        assertThat(state.openHandles()).isZero();
    }

    private static void hammer(Runnable work, Queue<Throwable> wrong, AtomicLong calls, CountDownLatch warm) {
        while (true) {
            try {
                work.run();
                calls.incrementAndGet();
                warm.countDown();
            } catch (StoreClosedException e) {
                return;
            } catch (IllegalStateException e) {
                Thread.onSpinWait(); // Another thread closed the view; the store may still be open.
            } catch (Throwable e) {
                wrong.add(e);
                return;
            }
        }
    }

    private static void applyUntilClosed(MetaState state, Queue<Throwable> wrong) {
        try {
            for (long i = 51; ; i++) {
                state.apply(new LogPosition(1, i), entry(SESSION, i + 1, changes(put(1, "k" + i % 60, "v" + i))));
                if (i % 100 == 0) {
                    state.flush();
                }
            }
        } catch (StoreClosedException e) {
            // That is the end.
        } catch (Throwable e) {
            wrong.add(e);
        }
    }

    private static void scanView(MetaState state) {
        try (StateView view = state.view()) {
            scan(view);
        }
    }

    private static void scan(StateView view) {
        try (RecordSource.RecordCursor cursor = view.scan(1, new byte[0], null, false)) {
            while (cursor.next() != null) {
                Thread.onSpinWait();
            }
        }
    }

    /** Closes the view that others are reading from. */
    private static void swap(MetaState state, AtomicReference<StateView> shared) {
        StateView next = state.view();
        Objects.requireNonNull(shared.getAndSet(next)).close();
    }

    /** Each entry writes its own revision: a view that claims another position than it shows would tell. */
    @Test
    void viewsShowWhatTheySay() throws InterruptedException {
        try (MetaState state = filled()) {
            Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
            long first = state.revision().number();
            state.apply(new LogPosition(1, 51), entry(SESSION, 52, changes(put(1, "now", "" + (first + 1)))));
            List<Thread> readers = new ArrayList<>();
            for (int reader = 0; reader < 3; reader++) {
                readers.add(new Thread(() -> {
                    try {
                        while (state.applied().index() < 5_000) {
                            try (StateView view = state.view()) {
                                StoredRecord now = Objects.requireNonNull(view.get(1, bytes("now")));
                                assertThat(Entries.text(now.value()))
                                        .isEqualTo(view.at().revision().toString());
                            }
                        }
                    } catch (Throwable e) {
                        wrong.add(e);
                    }
                }));
            }
            readers.forEach(Thread::start);
            for (int i = 52; i <= 5_000; i++) {
                String revision = String.valueOf(state.revision().number() + 1);
                state.apply(new LogPosition(1, i), entry(SESSION, i + 1, changes(put(1, "now", revision))));
            }
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void aCursorThatWasForgottenEndsWithItsState() {
        MetaState state = filled();
        StateView view = state.view();
        RecordSource.RecordCursor cursor = view.scan(1, new byte[0], null, false);
        assertThat(cursor.next()).isNotNull();
        state.abandon();
        assertThat(state.openHandles()).isZero();
        assertThatThrownBy(cursor::next).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> view.get(1, bytes("m"))).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> view.scan(1, new byte[0], null, true)).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(state::flush).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(state::verify).isInstanceOf(StoreClosedException.class);
        cursor.close();
        view.close();
        state.close();
        state.abandon();
        assertThat(state.openHandles()).isZero();
    }

    @Test
    void aCursorEndsWithItsView() {
        try (MetaState state = filled()) {
            int before = state.openHandles();
            StateView view = state.view();
            RecordSource.RecordCursor cursor = view.scan(1, new byte[0], null, false);
            FeedCursor feed = view.feed(0);
            view.close();
            assertThatThrownBy(cursor::next).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(feed::next).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(view::feedFloor).isInstanceOf(IllegalStateException.class);
            assertThat(state.openHandles()).isEqualTo(before);
        }
    }

    @Test
    void twoThreadsCannotApplyAtOnce() {
        CommandRuntime nested = new CommandRuntime() {
            @Override
            public boolean knows(String name, int version) {
                return true;
            }

            @Override
            public byte[] run(String name, int version, byte[] argument, Access access) {
                AtomicReference<Throwable> thrown = new AtomicReference<>();
                Thread other = new Thread(() -> {
                    try {
                        Objects.requireNonNull(current.get()).skip(new LogPosition(1, 9));
                    } catch (IllegalStateException e) {
                        thrown.set(e);
                    }
                });
                other.start();
                try {
                    other.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                return bytes(String.valueOf(thrown.get()));
            }
        };
        try (MetaState state =
                MetaState.open(directory.resolve("state"), MetaState.Options.defaults("safety"), nested)) {
            current.set(state);
            var outcome = state.apply(
                    new LogPosition(1, 0), entry(SESSION, 1, new JournalTransaction.CommandCall("x", 1, new byte[0])));
            assertThat(Results.text(outcome.results().get(0))).contains("applied by two threads at once");
        }
    }
}
