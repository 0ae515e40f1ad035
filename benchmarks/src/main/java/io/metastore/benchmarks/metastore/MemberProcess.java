package io.metastore.benchmarks.metastore;

import io.metastore.api.Health;
import io.metastore.api.MemberAddress;
import io.metastore.api.MetaStore;
import io.metastore.api.Timeouts;
import io.metastore.raft.MemberProbe;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main class of a JVM that holds one member: opens it, answers every line on its standard input with where the member stands, and ends when the
 * input ends, which it does at the latest when the JVM that started this one is gone. Started by {@link ChildMember}.
 */
final class MemberProcess {
    /** So long that the member of the process that measures is nearly always first to stand for election. */
    private static final Duration ELECTION_MIN = Duration.ofMillis(2_500);

    private static final Duration ELECTION_MAX = Duration.ofMillis(2_900);

    private static final Logger log = LoggerFactory.getLogger(MemberProcess.class);

    private MemberProcess() {}

    /** Directory, name, address, then the members of the cluster. */
    public static void main(String[] arguments) throws IOException {
        List<MemberAddress> bootstrap =
                Arrays.stream(arguments).skip(3).map(MemberAddress::parse).toList();
        CompletableFuture<MetaStore> opening =
                CompletableFuture.supplyAsync(() -> MetaStore.builder(Path.of(arguments[0]))
                        .member(arguments[1], arguments[2])
                        .bootstrap(bootstrap)
                        .timeouts(Timeouts.defaults().withElection(ELECTION_MIN, ELECTION_MAX))
                        .open());
        try {
            answer(opening);
            if (opening.isDone()) {
                opening.join().close();
            }
            Runtime.getRuntime().halt(0); // Also when it is still opening: nobody is left who would wait for that.
        } catch (RuntimeException e) {
            log.error("the process of a member ends: name={}", arguments[1], e);
            Runtime.getRuntime().halt(1); // Threads of a store that failed do not keep the process.
        }
    }

    private static void answer(CompletableFuture<MetaStore> opening) throws IOException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = System.out;
        while (questions.readLine() != null) {
            answers.println(opening.isDone() ? standing(opening.join()) : ChildMember.Standing.OPENING.line());
            answers.flush();
        }
    }

    private static String standing(MetaStore store) {
        Health health = store.health();
        if (!health.live()) {
            throw new IllegalStateException("the member has failed: findings=" + health.findings());
        }
        MemberProbe probe = MemberProbe.of(store);
        return new ChildMember.Standing(probe.revision(), probe.leads()).line();
    }
}
