package io.metastore.raft.internal.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.Health;
import io.metastore.api.Limits;
import io.metastore.api.MemberAddress;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.api.Timeouts;
import io.metastore.api.UnavailableException;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Incident I29 and fault B24: disks that fill up, as far as members can tell. Writes stop before anything finds no room, and come back by themselves. */
class LowDiskTest {

    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long MIN = 64 << 20;
    private static final long ENOUGH = Long.MAX_VALUE;
    private static final List<MemberAddress> ALL = TestSettings.voters(3);

    private final Map<String, AtomicLong> free = new LinkedHashMap<>();
    private final Map<String, MetaStore> members = new LinkedHashMap<>();

    @AfterEach
    void close() {
        members.values().forEach(MetaStore::close);
    }

    /** The real disk, but for the answer to how much is free. */
    private static FileLayer disk(AtomicLong free) {
        DiskFileLayer real = new DiskFileLayer();
        return (FileLayer) Proxy.newProxyInstance(
                FileLayer.class.getClassLoader(), new Class<?>[] {FileLayer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("usableSpace")) {
                        return free.get();
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static OpenSettings settings(
            Path directory, @Nullable MemberAddress self, @Nullable SimulatedNetwork network) {
        return TestSettings.of(
                directory,
                self,
                self == null ? List.of() : ALL,
                Limits.defaults().toBuilder().diskFreeBytesMin(MIN).build(),
                Timeouts.defaults().withElection(Duration.ofMillis(300), Duration.ofMillis(600)),
                network);
    }

    private MetaStore openSingle(Path root) {
        return open("single", settings(root.resolve("single"), null, null));
    }

    private MetaStore open(String name, OpenSettings settings) {
        MetaStore store =
                StoreAssembly.open(settings, disk(free.computeIfAbsent(name, missing -> new AtomicLong(ENOUGH))));
        members.put(name, store);
        return store;
    }

    private void openThree(Path root) {
        SimulatedNetwork network = new SimulatedNetwork(1);
        ALL.forEach(self -> open(self.name(), settings(root.resolve(self.name()), self, network)));
        leader();
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(MetastoreException.class)
                .until(condition);
    }

    private String leader() {
        await("a leader", () -> members.values().stream()
                .anyMatch(store -> MemberProbe.of(store).leads()));
        return members.entrySet().stream()
                .filter(member -> MemberProbe.of(member.getValue()).leads())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(this::leader);
    }

    private void awaitState(String member, StoreState state) {
        await(member + " to be " + state, () -> state(member) == state);
    }

    private StoreState state(String member) {
        Health health = store(member).health();
        return health.findings().stream()
                .map(Health.Finding::code)
                .filter(code -> code.equals(StoreState.READ_ONLY.name()))
                .findFirst()
                .map(StoreState::valueOf)
                .orElseGet(() -> store(member).status().state());
    }

    /** It follows until it is looked at again, so what is written just after it has given leadership away reaches it. */
    private void awaitNothingReaches(String member, String writer) {
        await("nothing to reach it", () -> {
            long written = put(writer, "until then").number();
            try {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(1))
                        .until(() -> MemberProbe.of(store(member)).revision() >= written);
                return false;
            } catch (ConditionTimeoutException e) {
                return true;
            }
        });
    }

    private MetaStore store(String member) {
        return members.get(member);
    }

    private Revision put(String member, String key) {
        return store(member).withTimeout(PATIENCE).table(NOTES).put(key, "v");
    }

    private void refuses(String member, String key) {
        long before = System.nanoTime();
        assertThatThrownBy(() -> put(member, key))
                .isInstanceOfSatisfying(UnavailableException.class, e -> assertThat(e.outcome())
                        .isEqualTo(MetastoreException.Outcome.NOT_APPLIED))
                .hasMessageContaining("too little disk space")
                .hasMessageContaining("free=1000 needed=" + MIN)
                .hasMessageContaining("limits.diskFreeBytesMin");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).as("at once").isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aMemberAloneRefusesWritesServesReadsAndComesBackByItself(@TempDir Path root) {
        MetaStore store = openSingle(root);
        put("single", "a");
        AtomicLong disk = free.get("single");

        disk.set(MIN - 1);
        awaitState("single", StoreState.READ_ONLY);
        assertThatThrownBy(() -> put("single", "b"))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("needed=" + MIN);
        assertThatThrownBy(() -> store.update(tx -> tx.in(NOTES).put("b", "v")))
                .isInstanceOf(UnavailableException.class);
        assertThat(store.table(NOTES).get("a")).as("linearizable").contains("v");
        assertThat(store.table(NOTES).reading(ReadMode.local()).get("b")).isEmpty();
        Health health = store.health();
        assertThat(health.live()).isTrue();
        assertThat(health.ready()).isFalse();
        assertThat(health.findings().get(0).remedy()).contains("limits.diskFreeBytesMin");
        assertThat(store.status().members().get(0).role()).isEqualTo(MemberStatus.Role.READ_ONLY);

        disk.set(2 * MIN - 1); // A file more or less would stop it again.
        assertThatThrownBy(() -> put("single", "b")).isInstanceOf(UnavailableException.class);
        assertThat(state("single")).isEqualTo(StoreState.READ_ONLY);

        disk.set(2 * MIN);
        awaitState("single", StoreState.SERVING);
        put("single", "b");

        // and a store that is opened on a full disk can be read
        disk.set(1_000);
        store.close();
        MetaStore again = openSingle(root);
        awaitState("single", StoreState.READ_ONLY);
        assertThat(again.table(NOTES).reading(ReadMode.local()).get("b")).contains("v");
        refuses("single", "c");
        disk.set(ENOUGH);
        awaitState("single", StoreState.SERVING);
        put("single", "c");
        assertThat(MemberProbe.recomputeFingerprint(again))
                .isEqualTo(MemberProbe.of(again).fingerprint());
    }

    @Test
    void oneOfThreeStepsAsideAndTheOthersGoOn(@TempDir Path root) {
        openThree(root);
        put("fe1", "before");
        String full = leader();
        String other = full.equals("fe1") ? "fe2" : "fe1";
        String third = full.equals("fe3") ? "fe2" : "fe3";

        free.get(full).set(1_000);
        awaitState(full, StoreState.READ_ONLY);
        refuses(full, "refused");
        await("another leader", () -> !leader().equals(full));
        awaitNothingReaches(full, other);
        Revision last = put(other, "meanwhile");
        put(third, "from the third");
        await("it to be behind", () -> store(other).status().members().stream()
                .anyMatch(member -> member.name().equals(full)
                        && member.alive()
                        && member.role() == MemberStatus.Role.READ_ONLY
                        && member.lag() > 0));
        assertThat(store(full).table(NOTES).reading(ReadMode.local()).get("before"))
                .contains("v");
        assertThat(store(full).table(NOTES).reading(ReadMode.local()).get("meanwhile"))
                .isEmpty();
        long term = MemberProbe.of(store(leader())).term();

        free.get(full).set(ENOUGH);
        awaitState(full, StoreState.SERVING);
        store(full).awaitRevision(last, PATIENCE);
        put(full, "after");
        assertThat(MemberProbe.of(store(leader())).term())
                .as("it disturbs nobody when it comes back")
                .isEqualTo(term);
        assertThat(store(other).table(NOTES).get("refused")).isEmpty();
    }

    @Test
    void whenAllAreFullNobodyWritesAndEachComesBackByItself(@TempDir Path root) {
        openThree(root);
        put("fe1", "before");
        free.values().forEach(disk -> disk.set(1_000));
        for (String name : members.keySet()) {
            awaitState(name, StoreState.READ_ONLY);
            refuses(name, "refused");
            assertThat(store(name).table(NOTES).reading(ReadMode.local()).get("refused"))
                    .isEmpty();
        }
        free.get("fe2").set(ENOUGH); // One is no majority.
        await("fe2 to try", () -> state("fe2") != StoreState.READ_ONLY);
        // Whoever led so far handed over, and looks at its disk again a moment later: until then it still follows.
        await("fe2 to be alone", () -> {
            try {
                store("fe2").withTimeout(Duration.ofSeconds(1)).table(NOTES).put("refused", "v");
                return false;
            } catch (MetastoreException e) {
                return true;
            }
        });
        free.values().forEach(disk -> disk.set(ENOUGH));
        for (String name : members.keySet()) {
            awaitState(name, StoreState.SERVING);
        }
        Revision last = put(leader(), "after");
        for (String name : members.keySet()) {
            store(name).awaitRevision(last, PATIENCE);
            assertThat(MemberProbe.of(store(name)).fingerprint())
                    .isEqualTo(MemberProbe.recomputeFingerprint(store(name)));
        }
    }
}
