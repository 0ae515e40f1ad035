package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;

import io.metastore.api.CasResult;
import io.metastore.api.Entry;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Table;
import io.metastore.test.history.History;
import io.metastore.test.history.HistoryRecorder;
import io.metastore.test.history.Invocation;
import io.metastore.test.history.LinearizabilityChecker;
import io.metastore.test.history.Operation;
import io.metastore.test.history.Outcome;
import io.metastore.test.history.RegisterInput;
import io.metastore.test.history.RegisterModel;
import io.metastore.test.history.RegisterOutput;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Clients that read and write a few registers, whatever happens to the members they are at, and the history of what they saw. */
final class RegisterClients {

    private static final int KEYS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HistoryRecorder<RegisterInput, RegisterOutput> recorder = new HistoryRecorder<>();
    private final AtomicInteger values = new AtomicInteger();
    private final Duration pause;
    private final AtomicLong answered = new AtomicLong();

    /** @param pause between two calls of one client: the checker searches through all that overlap */
    RegisterClients(Duration pause) {
        this.pause = pause;
    }

    /** How many calls were answered so far. */
    long answered() {
        return answered.get();
    }

    /** One register per key explains all that was seen, versions included. Returns a line that counts it. */
    String requireLinearizable() {
        History<RegisterInput, RegisterOutput> history = recorder.history();
        new LinearizabilityChecker<>(RegisterModel.versioned()).check(history).requireLinearizable();
        return "ok=" + count(history, Outcome.OK) + " failed=" + count(history, Outcome.FAILED) + " unknown="
                + count(history, Outcome.UNKNOWN);
    }

    private static long count(History<RegisterInput, RegisterOutput> history, Outcome outcome) {
        return history.operations().stream()
                .map(Operation::outcome)
                .filter(outcome::equals)
                .count();
    }

    /** A client of a member that may be stopped and come back, until the crew's work is over. */
    void client(TestMember member, Random random, Crew crew) {
        client(() -> member, random, crew);
    }

    /** A client that asks before each call at which member it is. */
    void client(Supplier<TestMember> where, Random random, Crew crew) {
        HistoryRecorder.Client<RegisterInput, RegisterOutput> client = recorder.client();
        Map<String, Long> versions = new HashMap<>();
        while (!crew.isOver()) {
            LockSupport.parkNanos(pause.toNanos());
            MetaStore store = running(where.get(), crew);
            if (store != null) {
                String key = "k" + random.nextInt(KEYS);
                RegisterInput input = input(random, versions.getOrDefault(key, 0L));
                run(store.withTimeout(Duration.ofMillis(700)), client.invoke(key, input), key, input, versions);
            }
        }
    }

    /** Waits while it is dead; null when it died or all is over meanwhile. */
    private static @Nullable MetaStore running(TestMember member, Crew crew) {
        if (!member.isRunning()) {
            Awaitility.await().atMost(PATIENCE).until(() -> member.isRunning() || crew.isOver());
        }
        try {
            return member.store();
        } catch (IllegalStateException e) {
            return null;
        }
    }

    private RegisterInput input(Random random, long version) {
        String value = "v" + values.incrementAndGet();
        int draw = random.nextInt(12);
        if (draw < 4) {
            return RegisterInput.read();
        } else if (draw < 7) {
            return RegisterInput.write(value);
        } else if (draw < 10 && version > 0) {
            return RegisterInput.replace(version, value);
        }
        return draw == 10 ? RegisterInput.remove() : RegisterInput.compareAndSet(null, value);
    }

    private void run(
            MetaStore store,
            Invocation<RegisterInput, RegisterOutput> invocation,
            String key,
            RegisterInput input,
            Map<String, Long> versions) {
        try {
            RegisterOutput output = call(store, key, input);
            invocation.ok(output);
            answered.incrementAndGet();
            if (output.version() != RegisterOutput.VERSION_UNSEEN) {
                versions.put(key, output.version());
            }
        } catch (MetastoreException e) {
            if (e.outcome() == MetastoreException.Outcome.UNKNOWN) {
                invocation.unknown();
            } else {
                invocation.failed();
            }
        }
    }

    private static RegisterOutput call(MetaStore store, String key, RegisterInput input) {
        Table<String, String> table = store.table(NOTES);
        if (input instanceof RegisterInput.Read) {
            Optional<Entry<String, String>> entry = table.getEntry(key);
            return entry.map(found -> RegisterOutput.value(found.value(), found.version()))
                    .orElseGet(RegisterOutput::absent);
        } else if (input instanceof RegisterInput.Write write) {
            table.put(key, write.value());
            return RegisterOutput.done();
        } else if (input instanceof RegisterInput.Remove) {
            table.remove(key);
            return RegisterOutput.done();
        } else if (input instanceof RegisterInput.CompareAndSet create) {
            return output(table.putIfAbsent(key, create.next()), 1);
        } else if (input instanceof RegisterInput.Replace replace) {
            long expected = replace.expectedVersion();
            return output(table.replace(key, expected, replace.value()), expected + 1);
        }
        throw new AssertionError(input);
    }

    private static RegisterOutput output(CasResult result, long versionThen) {
        return result instanceof CasResult.Conflict conflict
                ? RegisterOutput.conflict(conflict.currentVersion())
                : RegisterOutput.done(versionThen);
    }
}
