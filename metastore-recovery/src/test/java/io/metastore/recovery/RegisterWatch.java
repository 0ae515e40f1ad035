package io.metastore.recovery;

import io.metastore.api.Codecs;
import io.metastore.api.Entry;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.test.TestMember;
import io.metastore.test.history.HistoryRecorder;
import io.metastore.test.history.LinearizabilityChecker;
import io.metastore.test.history.RegisterInput;
import io.metastore.test.history.RegisterModel;
import io.metastore.test.history.RegisterOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A client at each member, for as long as that runs, that reads and writes one register; what they saw must be explainable by one, over all epochs. */
final class RegisterWatch implements AutoCloseable {
    private static final TableDef<String, String> REGISTERS = TableDef.of("registers", Codecs.utf8(), Codecs.utf8());
    private static final long PAUSE_MILLIS = 40;

    private final HistoryRecorder<RegisterInput, RegisterOutput> recorder = new HistoryRecorder<>();
    private final AtomicInteger values = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final ReentrantReadWriteLock calls = new ReentrantReadWriteLock(true);
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    RegisterWatch(List<TestMember> members) {
        for (TestMember member : members) {
            HistoryRecorder.Client<RegisterInput, RegisterOutput> client = recorder.client();
            Thread thread = new Thread(() -> run(member, client), "register-" + member.name());
            thread.start();
            threads.add(thread);
        }
    }

    /** How many calls were answered so far. */
    int answered() {
        return answered.get();
    }

    /** Runs something while nobody calls. */
    void paused(Runnable action) {
        calls.writeLock().lock();
        try {
            action.run();
        } finally {
            calls.writeLock().unlock();
        }
    }

    private void run(TestMember member, HistoryRecorder.Client<RegisterInput, RegisterOutput> client) {
        try {
            for (int i = 0; !end.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS); i++) {
                calls.readLock().lock();
                try {
                    call(member, client, i % 2 == 0);
                } finally {
                    calls.readLock().unlock();
                }
            }
        } catch (Throwable e) {
            failure.set(e);
        }
    }

    private void call(TestMember member, HistoryRecorder.Client<RegisterInput, RegisterOutput> client, boolean writes) {
        MetaStore store;
        try {
            store = member.store();
        } catch (IllegalStateException e) {
            return; // It is dead.
        }
        String value = "v" + values.incrementAndGet();
        var invocation = client.invoke("k", writes ? RegisterInput.write(value) : RegisterInput.read());
        try {
            Table<String, String> table =
                    store.withTimeout(Duration.ofMillis(300)).table(REGISTERS);
            if (writes) {
                table.put("k", value);
                invocation.ok(RegisterOutput.done());
            } else {
                Optional<Entry<String, String>> entry = table.getEntry("k");
                invocation.ok(entry.map(found -> RegisterOutput.value(found.value(), found.version()))
                        .orElseGet(RegisterOutput::absent));
            }
            answered.incrementAndGet();
        } catch (MetastoreException e) {
            if (e.outcome() == MetastoreException.Outcome.UNKNOWN) {
                invocation.unknown();
            } else {
                invocation.failed();
            }
        }
    }

    /** Ends the clients; throws when no order explains what they saw. */
    void requireLinearizable() {
        close();
        if (failure.get() != null) {
            throw new AssertionError("a client failed", failure.get());
        }
        new LinearizabilityChecker<>(RegisterModel.versioned())
                .check(recorder.history())
                .requireLinearizable();
    }

    @Override
    public void close() {
        end.countDown();
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
