package io.metastore.benchmarks.metastore;

import io.metastore.api.Health;
import io.metastore.api.MemberAddress;
import io.metastore.api.MetaStore;
import io.metastore.api.Timeouts;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.raft.MemberProbe;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main class of a JVM that holds one member: opens it, answers every line on its standard input with where the member stands, makes an image before that when it is asked to, and ends when the
 * input ends, which it does at the latest when the JVM that started this one is gone. Started by {@link ChildMember}.
 */
final class MemberProcess {
    /** So long that the member of the process that measures is nearly always first to stand for election. */
    private static final Duration ELECTION_MIN = Duration.ofMillis(2_500);

    private static final Duration ELECTION_MAX = Duration.ofMillis(2_900);

    private static final Logger log = LoggerFactory.getLogger(MemberProcess.class);

    /** Questions. */
    static final String STANDING = "?";

    static final String IMAGE = "image";

    private MemberProcess() {}

    /**
     * How the member is opened.
     *
     * @param empty whether it has lost what it had and takes its own place again, asking the members
     */
    record Opening(Path directory, String name, String address, ImagePlan plan, boolean empty, List<String> members) {

        List<String> arguments() {
            List<String> all =
                    new ArrayList<>(List.of(directory.toString(), name, address, plan.name(), String.valueOf(empty)));
            all.addAll(members);
            return all;
        }

        static Opening parse(String[] arguments) {
            return new Opening(
                    Path.of(arguments[0]),
                    arguments[1],
                    arguments[2],
                    ImagePlan.valueOf(arguments[3]),
                    Boolean.parseBoolean(arguments[4]),
                    List.of(arguments).subList(5, arguments.length));
        }

        MetaStore open(ReceivedBytes received) {
            MetaStore.Builder builder = MetaStore.builder(directory)
                    .member(name, address)
                    .checkpoints(MetastoreImages.policy(plan))
                    .progress(received)
                    .timeouts(Timeouts.defaults().withElection(ELECTION_MIN, ELECTION_MAX));
            return empty
                    ? builder.join(members.toArray(String[]::new)).autoReplace().open()
                    : builder.bootstrap(
                                    members.stream().map(MemberAddress::parse).toList())
                            .open();
        }
    }

    public static void main(String[] arguments) throws IOException {
        Opening how = Opening.parse(arguments);
        ReceivedBytes received = new ReceivedBytes();
        CompletableFuture<MetaStore> opening = CompletableFuture.supplyAsync(() -> how.open(received));
        try {
            answer(opening, received);
            if (opening.isDone()) {
                opening.join().close();
            }
            Runtime.getRuntime().halt(0); // Also when it is still opening: nobody is left who would wait for that.
        } catch (RuntimeException e) {
            log.error("the process of a member ends: name={}", how.name(), e);
            Runtime.getRuntime().halt(1); // Threads of a store that failed do not keep the process.
        }
    }

    private static void answer(CompletableFuture<MetaStore> opening, ReceivedBytes received) throws IOException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = System.out;
        for (String question = questions.readLine(); question != null; question = questions.readLine()) {
            if (question.equals(IMAGE)) {
                opening.join().checkpoints().create();
            }
            answers.println(
                    opening.isDone() ? standing(opening.join(), received) : ChildMember.Standing.OPENING.line());
            answers.flush();
        }
    }

    private static String standing(MetaStore store, ReceivedBytes received) {
        Health health = store.health();
        if (!health.live()) {
            throw new IllegalStateException("the member has failed: findings=" + health.findings());
        }
        MemberProbe probe = MemberProbe.of(store);
        return new ChildMember.Standing(
                        probe.revision(),
                        probe.leads(),
                        probe.position().index(),
                        store.checkpoints().status().journalFirst(),
                        received.sum())
                .line();
    }
}
