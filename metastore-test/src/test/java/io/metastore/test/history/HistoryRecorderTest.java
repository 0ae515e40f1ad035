package io.metastore.test.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HistoryRecorderTest {
    private final AtomicLong clock = new AtomicLong(1000);
    private final HistoryRecorder<RegisterInput, RegisterOutput> recorder =
            new HistoryRecorder<>(clock::incrementAndGet);

    @Test
    void recordsEachOutcomeWithTimesSinceItsStart() {
        // given
        var first = recorder.client();
        var second = recorder.client();
        // when
        var read = first.invoke("k", RegisterInput.read());
        var write = second.invoke("k", RegisterInput.write("a"));
        read.ok(RegisterOutput.absent());
        write.failed();
        var remove = second.invoke("k", RegisterInput.remove());
        remove.unknown();
        first.invoke("k", RegisterInput.read());
        // then
        assertThat(recorder.history()).hasToString("""
                        metastore-history 1
                        1 3 c0 ok "k" read => absent
                        2 4 c1 failed "k" write "a"
                        5 - c1 unknown "k" remove
                        6 - c0 unknown "k" read
                        """);
    }

    @Test
    void refusesToCompleteTwice() {
        var invocation = recorder.client().invoke("k", RegisterInput.read());
        invocation.unknown();
        assertThatThrownBy(() -> invocation.ok(RegisterOutput.absent()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("completed twice");
    }

    @Test
    void historyTakenDoesNotChangeAfterwards() {
        // given
        var client = recorder.client();
        var invocation = client.invoke("k", RegisterInput.read());
        // when
        var early = recorder.history();
        invocation.ok(RegisterOutput.absent());
        client.invoke("k", RegisterInput.read());
        // then
        assertThat(early.operations()).containsExactly(Operation.unknown(0, "k", RegisterInput.read(), 1));
    }

    @Test
    void leavesOutAnswersThatCameWhileTheHistoryWasTaken() {
        // given: a clock that lets a client answer as soon as the history has its cut
        List<Runnable> atNextReading = new ArrayList<>();
        var busy = new HistoryRecorder<RegisterInput, RegisterOutput>(() -> {
            long now = clock.incrementAndGet();
            List<Runnable> due = List.copyOf(atNextReading);
            atNextReading.clear();
            due.forEach(Runnable::run);
            return now;
        });
        var client = busy.client();
        var before = client.invoke("k", RegisterInput.write("a"));
        atNextReading.add(() -> {
            before.ok(RegisterOutput.done());
            client.invoke("k", RegisterInput.read()).ok(RegisterOutput.value("a"));
        });
        // when
        var history = busy.history();
        // then
        assertThat(history.operations()).containsExactly(Operation.unknown(0, "k", RegisterInput.write("a"), 1));
    }

    @Test
    void threadsOnAtomicRegisterGiveLinearizableHistory() throws Exception {
        // given
        int threads = 8;
        var threaded = new HistoryRecorder<RegisterInput, RegisterOutput>();
        var register = new AtomicReference<String>();
        var start = new CyclicBarrier(threads + 1);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> clients = new ArrayList<>();
        for (int seed = 0; seed < threads; seed++) {
            var random = new SplittableRandom(seed);
            var client = threaded.client();
            clients.add(pool.submit(() -> {
                start.await();
                for (int i = 0; i < 300; i++) {
                    act(client, register, random, client.id() + "-" + i);
                }
                return null;
            }));
        }
        // when
        start.await();
        var whileRunning = threaded.history();
        for (Future<?> client : clients) {
            client.get(60, TimeUnit.SECONDS);
        }
        pool.shutdown();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        // then
        var checker = new LinearizabilityChecker<>(RegisterModel.ofValues());
        checker.check(whileRunning).requireLinearizable();
        checker.check(threaded.history()).requireLinearizable();
        assertThat(threaded.history().operations()).hasSize(threads * 300);
    }

    private static void act(
            HistoryRecorder.Client<RegisterInput, RegisterOutput> client,
            AtomicReference<String> register,
            SplittableRandom random,
            String value) {
        int dice = random.nextInt(20);
        if (dice < 10) {
            var read = client.invoke("k", RegisterInput.read());
            String seen = register.get();
            read.ok(seen == null ? RegisterOutput.absent() : RegisterOutput.value(seen));
        } else if (dice < 15) {
            var write = client.invoke("k", RegisterInput.write(value));
            register.set(value);
            write.ok(RegisterOutput.done());
        } else if (dice == 15) {
            var write = client.invoke("k", RegisterInput.write(value));
            if (random.nextBoolean()) {
                register.set(value);
            }
            write.unknown();
        } else {
            String expected = register.get();
            var swap = client.invoke("k", RegisterInput.compareAndSet(expected, value));
            boolean swapped = register.compareAndSet(expected, value);
            swap.ok(swapped ? RegisterOutput.done() : RegisterOutput.conflict());
        }
    }
}
