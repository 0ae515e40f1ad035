package io.metastore.recovery.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.Table;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.EntryVisitor.Kind;
import io.metastore.recovery.journal.JournalScan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journals of a cluster's members, also while they are written. */
class ClusterJournalTest {
    private static final long SEED = 20261126;
    private static final List<String> NAMES = List.of("fe1", "fe2", "fe3");

    @TempDir
    Path directory;

    private final SimulatedNetwork network = new SimulatedNetwork(SEED);

    private MetaStore open(String name) {
        return MetaStore.builder(directory.resolve(name))
                .member(name, address(name))
                .bootstrap(
                        NAMES.stream().map(each -> each + "=" + address(each)).toArray(String[]::new))
                .commands(Catalog.RENAME)
                .with(network)
                .open();
    }

    private static String address(String name) {
        return name + ".inspected:9010";
    }

    @Test
    void membersHaveTheSameEntriesAndChangesOfTheGroupAreReadable() {
        List<MetaStore> stores = openAll();
        List<JournalScan> beside = new ArrayList<>();
        String removed;
        String kept;
        try {
            MetaStore first = stores.get(0);
            Catalog.write(first);
            removed = first.cluster().members().stream()
                    .filter(each -> each.role() != MemberStatus.Role.LEADER)
                    .map(MemberStatus::name)
                    .filter(each -> !each.equals("fe1"))
                    .findFirst()
                    .orElseThrow();
            first.cluster().remove(removed).await(Duration.ofSeconds(20));
            try (JournalInspector running = JournalInspector.open(directory.resolve("fe1"))) {
                Table<Long, String> names = first.table(Catalog.NAMES);
                AtomicBoolean enough = new AtomicBoolean();
                CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                    for (long i = 0; i < 40 || !enough.get(); i++) {
                        names.put(i, "beside");
                    }
                });
                do {
                    beside.add(running.read(JournalQuery.all(), entry -> assertThat(entry.toString())
                            .as("also before a state was flushed")
                            .doesNotContain("not decodable", "put #1[", "put #2[")));
                } while (beside.size() < 3);
                enough.set(true);
                writer.join();
            }
            kept = removed.equals("fe2") ? "fe3" : "fe2";
            stores.get(NAMES.indexOf(kept)).awaitRevision(first.revision(), Duration.ofSeconds(20));
        } finally {
            stores.forEach(MetaStore::close);
        }
        assertThat(beside).hasSizeGreaterThan(1).allMatch(scan -> scan.damage().stream()
                .allMatch(Damage::normalAfterCrash));
        for (int i = 1; i < beside.size(); i++) {
            assertThat(beside.get(i).last())
                    .isGreaterThanOrEqualTo(beside.get(i - 1).last());
        }

        DirectoryPhoto before = DirectoryPhoto.of(directory);
        List<String> one = batches("fe1");
        List<String> two = batches(kept);
        int common = Math.min(one.size(), two.size());
        assertThat(common).isGreaterThan(40);
        assertThat(two.subList(0, common)).isEqualTo(one.subList(0, common));
        assertThat(one).allSatisfy(each -> assertThat(each).doesNotContainPattern("[A-Za-z]+@[0-9a-f]+"));

        try (JournalInspector inspector = JournalInspector.open(directory.resolve("fe1"));
                Stream<InspectedEntry> entries =
                        inspector.entries(JournalQuery.all().kinds(Kind.MEMBERSHIP))) {
            List<String> memberships =
                    entries.map(each -> each.content().toString()).toList();
            assertThat(memberships.get(0))
                    .contains("fe1 incarnation=", "fe2 incarnation=", "fe3 incarnation=", address(removed));
            assertThat(memberships.get(memberships.size() - 1)).doesNotContain(removed);
            assertThat(memberships).as("a change under way").anyMatch(each -> each.contains("instead of voters="));
        }
        try (JournalInspector inspector = JournalInspector.open(directory.resolve("fe1"));
                Stream<InspectedEntry> entries =
                        inspector.entries(JournalQuery.all().table("$cluster"))) {
            assertThat(entries.map(String::valueOf).toList())
                    .as("the operation that removed a member, as text")
                    .anyMatch(each -> each.contains("put $cluster[\"operation/") && each.contains("type=REMOVE"));
        }
        assertThat(DirectoryPhoto.of(directory)).isEqualTo(before);
    }

    private List<String> batches(String member) {
        try (JournalInspector inspector =
                        JournalInspector.open(directory.resolve(member)).with(Catalog.tables());
                Stream<InspectedEntry> entries = inspector.entries()) {
            return entries.map(each -> each.position() + " " + each.content()).toList();
        }
    }

    private List<MetaStore> openAll() {
        ExecutorService threads = Executors.newFixedThreadPool(NAMES.size());
        try {
            return NAMES.stream()
                    .map(name -> CompletableFuture.supplyAsync(() -> open(name), threads))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        } finally {
            threads.shutdown();
        }
    }
}
