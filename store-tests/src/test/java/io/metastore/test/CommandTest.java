package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Checkpoints;
import io.metastore.api.Codecs;
import io.metastore.api.CommandContext;
import io.metastore.api.CommandFailedException;
import io.metastore.api.CommandType;
import io.metastore.api.Committed;
import io.metastore.api.ConfigurationException;
import io.metastore.api.Entry;
import io.metastore.api.Fate;
import io.metastore.api.LimitExceededException;
import io.metastore.api.MetaStore;
import io.metastore.api.Operation;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.TransactionTable;
import io.metastore.api.UnknownCommandException;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handlers that run where the journal is applied. */
class CommandTest extends OneMember {

    /** Gives a name a number and counts it. */
    private static final CommandType<String, Long> REGISTER =
            CommandType.of("register", Codecs.utf8(), Codecs.int64(), (context, name) -> {
                long id = context.nextId("names");
                context.in(NOTES).put(name, "id " + id);
                TransactionTable<String, Long> counters = context.in(COUNTERS);
                counters.put("names", counters.get("names").orElse(0L) + 1);
                return id;
            });

    private static final CommandType<String, Long> REGISTER_AGAIN =
            new CommandType<>("register", 2, Codecs.utf8(), Codecs.int64(), (context, name) -> {
                context.in(NOTES).put(name, "version 2");
                return -1L;
            });

    /** What the command named "any" does; set by a test before it is executed. */
    private static final Kept<BiFunction<CommandContext, String, String>> ANYTHING = new Kept<>();

    private static final CommandType<String, String> ANY =
            CommandType.of("any", Codecs.utf8(), Codecs.utf8(), (context, argument) -> ANYTHING.get()
                    .apply(context, argument));

    private static final CommandType<String, String> NOT_GIVEN =
            CommandType.of("not-given", Codecs.utf8(), Codecs.utf8(), (context, argument) -> argument);

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.commands(REGISTER, REGISTER_AGAIN, ANY);
    }

    private String run(BiFunction<CommandContext, String, String> handler, String argument) {
        ANYTHING.set(handler);
        return store.execute(ANY, argument);
    }

    @Test
    void aCommandChangesTablesAndSequencesInOneRevisionAndAnswers() {
        assertThat(store.execute(REGISTER, "ann")).isEqualTo(1);
        Revision before = store.revision();
        assertThat(store.execute(REGISTER, "bob")).isEqualTo(2);
        assertThat(store.revision().number()).isEqualTo(before.number() + 1);
        assertThat(store.table(NOTES).get("bob")).contains("id 2");
        assertThat(store.table(COUNTERS).get("names")).contains(2L);
        assertThat(store.ids("names").next()).as("the same sequence").isEqualTo(3);
    }

    @Test
    void aCommandTellsTheRevisionItMadeOrFound() {
        Committed<Long> made = store.executeCommitted(REGISTER, "ann");
        assertThat(made.value()).isEqualTo(1);
        assertThat(made.revision()).isEqualTo(store.revision());
        assertThat(store.cluster().fateOf(made.revision()).kind()).isEqualTo(Fate.Kind.KEPT);
        ANYTHING.set((context, argument) -> "changes nothing");
        Committed<String> found = store.executeCommitted(ANY, "x");
        assertThat(found.value()).isEqualTo("changes nothing");
        assertThat(found.revision().number()).isEqualTo(made.revision().number());
        Committed<Long> next = result(store.async().executeCommitted(REGISTER, "bob"));
        assertThat(next.value()).isEqualTo(2);
        assertThat(next.revision().number()).isEqualTo(made.revision().number() + 1);
        assertThat(next.revision().position()).isGreaterThan(made.revision().position());
    }

    @Test
    void versionsOfACommandAreCommandsOfTheirOwn() {
        store.execute(REGISTER, "old");
        assertThat(store.execute(REGISTER_AGAIN, "new")).isEqualTo(-1);
        assertThat(store.table(NOTES).scan(Range.all()).entries())
                .extracting(Entry::value)
                .containsExactly("version 2", "id 1");
    }

    @Test
    void aHandlerThatThrowsChangesNothingNotEvenASequenceOrATable() {
        Revision before = store.revision();
        String fingerprint = MemberProbe.of(store).fingerprint();
        assertThatThrownBy(() -> run(
                        (context, argument) -> {
                            context.in(NOTES).put("k", "v");
                            context.nextId("names");
                            throw new IllegalArgumentException("not this one: " + argument);
                        },
                        "x"))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("not this one: x");
        assertThat(store.revision().number()).isEqualTo(before.number());
        assertThat(MemberProbe.of(store).fingerprint()).isEqualTo(fingerprint);
        assertThat(store.table(NOTES).contains("k")).isFalse();
        assertThat(store.ids("names").next()).isEqualTo(1);
    }

    @Test
    void aHandlerSeesItsOwnChangesAndRangesOfThem() {
        String seen = run(
                (context, argument) -> {
                    TransactionTable<String, String> table = context.in(NOTES);
                    table.put("a", "1");
                    table.put("b", "2");
                    table.remove("a");
                    table.put("c", "3");
                    assertThat(table.count(Range.between("b", "a"))).isZero();
                    return table.scan(Range.<String>all().reversed()).entries().stream()
                            .map(Entry::value)
                            .toList()
                            .toString();
                },
                "x");
        assertThat(seen).isEqualTo("[3, 2]");
    }

    @Test
    void timeComesWithTheCommandAndNeverGoesBack() {
        long last = 0;
        long before = System.currentTimeMillis();
        for (int i = 0; i < 20; i++) {
            long now = Long.parseLong(
                    run((context, argument) -> "" + context.time().toEpochMilli(), "x"));
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
        assertThat(last).isBetween(before, System.currentTimeMillis());
    }

    @Test
    void aCommandThatWasNotGivenIsRefusedBeforeAnythingIsSent() {
        MemberProbe before = MemberProbe.of(store);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> store.execute(NOT_GIVEN, "x"), () -> result(store.async().execute(NOT_GIVEN, "x")))) {
            assertThatThrownBy(call)
                    .isInstanceOf(UnknownCommandException.class)
                    .hasMessageContaining("not-given")
                    .hasMessageContaining("commands(");
        }
        assertThat(MemberProbe.of(store).position()).isEqualTo(before.position());
    }

    @Test
    void theContextIsOverWhenTheHandlerHasReturned() {
        Kept<CommandContext> kept = new Kept<>();
        Kept<TransactionTable<String, String>> table = new Kept<>();
        run(
                (context, argument) -> {
                    kept.set(context);
                    table.set(context.in(NOTES));
                    return argument;
                },
                "x");
        List<ThrowingCallable> uses = List.of(
                () -> kept.get().in(NOTES),
                () -> kept.get().time(),
                () -> kept.get().nextId("names"),
                () -> table.get().get("k"),
                () -> table.get().put("k", "late"),
                () -> table.get().scan(Range.all()));
        for (int i = 0; i < uses.size(); i++) {
            ThrowingCallable use = uses.get(i);
            assertThatIllegalStateException().as("use %d", i).isThrownBy(use);
        }
        store.table(NOTES).put("k", "the member goes on");
    }

    @Test
    void waitingForTheStoreInAHandlerFailsTheCommandAndNamesTheLane() {
        List<Runnable> calls = List.of(
                () -> store.table(NOTES),
                () -> store.update(tx -> {}),
                () -> store.ids("n").next(),
                store::status,
                store::close);
        for (Runnable call : calls) {
            assertThatThrownBy(() -> run(
                            (context, argument) -> {
                                call.run();
                                return argument;
                            },
                            "x"))
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessageContaining("command handler any");
        }
        assertThat(store.execute(REGISTER, "still works")).isEqualTo(1);
    }

    @Test
    void argumentsAndResultsThatAreTooLargeAreRefused() {
        assertThatThrownBy(() -> store.execute(ANY, "x".repeat(3 << 20)))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("'any'")
                .hasMessageContaining("limits.transactionBytesMax");
        assertThatThrownBy(() -> run(
                        (context, argument) -> {
                            context.in(NOTES).put("k", "v");
                            return "x".repeat((2 << 20) + 1);
                        },
                        "x"))
                .isInstanceOfSatisfying(LimitExceededException.class, e -> {
                    assertThat(e.actual()).isEqualTo((2 << 20) + 1);
                    assertThat(e.limit()).isEqualTo(2 << 20);
                    assertThat(e.option()).isEmpty();
                })
                .hasMessageContaining("result of command 'any'")
                .hasMessageContaining("actual=2097153 limit=2097152; no setting changes it");
        assertThat(store.table(NOTES).contains("k"))
                .as("its changes are dropped")
                .isFalse();
        assertThat(run((context, argument) -> "x".repeat(2 << 20), "x")).hasSize(2 << 20);
        assertThatThrownBy(() -> run(
                        (context, argument) -> {
                            context.in(NOTES).put("", "empty key");
                            return argument;
                        },
                        "x"))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("key is empty");
    }

    @Test
    void aResultThatIsNullFailsTheCommand() {
        BiFunction<CommandContext, String, String> nothing = (context, argument) -> nothing();
        assertThatThrownBy(() -> run(nothing, "x")).isInstanceOf(CommandFailedException.class);
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // What a handler must not do.
    private static <T> T nothing() {
        return null;
    }

    @Test
    void aCommandGivenTwiceIsAMistakeOfTheSettings(@TempDir Path other) {
        assertThatThrownBy(() ->
                        MetaStore.builder(other.resolve("m")).commands(ANY, ANY).open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("any");
        assertThat(other.resolve("m")).doesNotExist();
    }

    private static final CommandType<String, String> THROWER =
            CommandType.of("thrower", Codecs.utf8(), Codecs.utf8(), (context, argument) -> {
                context.in(NOTES).put("never", "v");
                switch (argument) {
                    case "assertion" -> throw new AssertionError("told to");
                    case "class" -> throw new NoClassDefFoundError("told to");
                    case "long" -> throw new IllegalStateException("x".repeat(1_000_000));
                    default -> {
                        return deeper(argument);
                    }
                }
            });

    private static String deeper(String argument) {
        return argument.isEmpty() ? argument : deeper(argument + "x").substring(1);
    }

    /** They used to stop all three at this entry, and again at each replay. */
    @Test
    void errorsOfAHandlerFailTheCommandEverywhereAndNoMember() {
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .configure(builder -> builder.commands(THROWER))
                .start()) {
            MetaStore leader = cluster.leader().store();
            MetaStore follower = cluster.anyFollower().store();
            for (String argument : List.of("assertion", "class", "recursion", "long")) {
                for (MetaStore each : List.of(leader, follower)) {
                    assertThatThrownBy(() -> each.execute(THROWER, argument))
                            .as(argument)
                            .isInstanceOf(CommandFailedException.class)
                            .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1100));
                }
            }
            leader.table(NOTES).put("k", "they go on");
            cluster.assertConverged();
            List<TestMember> all = cluster.running();
            all.forEach(TestMember::kill);
            cluster.restart(all);
            assertThat(cluster.leader().table(NOTES).get("never")).isEmpty();
            assertThat(cluster.leader().table(NOTES).get("k")).contains("they go on");
            cluster.assertConverged();
        }
    }

    /** A committed entry that throws at everybody is one entry without an effect, for who applies it, replays it, rebuilds his state with it or audits it. */
    @Test
    void anEntryThatThrowsEverywhereIsTheSameToWhoeverReplaysIt() throws IOException {
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .configure(builder -> builder.commands(THROWER))
                .start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("before", "1"));
            for (TestMember member : cluster.members()) {
                member.store().checkpoints().create();
            }
            Set<String> messages = new HashSet<>();
            for (TestMember member : cluster.members()) {
                assertThatThrownBy(() -> member.store().execute(THROWER, "assertion"))
                        .isInstanceOf(CommandFailedException.class)
                        .satisfies(e -> messages.add(String.valueOf(e.getMessage())));
            }
            assertThat(messages).as("told alike").hasSize(1);
            Revision after = cluster.leader().table(NOTES).put("after", "2");
            Awaitility.await() // What was asked for is on record, at its end too, which is a change.
                    .until(() -> cluster.leader().store().cluster().operations().stream()
                            .allMatch(Operation::isOver));
            cluster.assertConverged();
            String fingerprint = cluster.leader().probe().fingerprint();
            List<TestMember> all = cluster.running();
            all.forEach(TestMember::kill);
            TestMember rebuilt = all.get(0);
            delete(rebuilt.directory().resolve("stores/main/epoch-000001/state"));

            cluster.restart(all); // All replay it: two onto what they flushed, one onto its image.

            cluster.leader();
            cluster.awaitApplied(after);
            cluster.assertConverged();
            assertThat(rebuilt.store().checkpoints().list())
                    .as("it began with its image")
                    .hasSize(1);
            for (TestMember member : all) {
                assertThat(member.probe().fingerprint()).as(member.name()).isEqualTo(fingerprint);
            }
            for (TestMember member : all) {
                assertThat(member.store().status().state()).isEqualTo(StoreState.SERVING);
                assertThat(member.table(NOTES).scan(Range.all()).entries())
                        .extracting(Entry::key)
                        .containsExactly("after", "before");
                Checkpoints.Audited audited = member.store().checkpoints().audit();
                assertThat(audited.agrees()).as(audited.difference()).isTrue();
                assertThat(audited.entries()).as("with it").isGreaterThanOrEqualTo(4);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void everyMemberComputesTheSameWhereverACommandIsGiven() {
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .configure(builder -> builder.commands(REGISTER))
                .start()) {
            long last = 0;
            for (int i = 0; i < 30; i++) {
                TestMember member = cluster.members().get(i % 3);
                long id = member.store().execute(REGISTER, "name " + i);
                assertThat(id).isEqualTo(last + 1);
                last = id;
            }
            cluster.assertConverged();
        }
    }
}
