package io.metastore.benchmarks.recovery;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.benchmarks.workload.Records;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Three members in this process that hold many records; two of them are lost without a goodbye, and one of their directories is still there. */
final class Loss implements AutoCloseable {
    static final TableDef<String, byte[]> RECORDS = TableDef.of("records", Codecs.utf8(), Codecs.bytes());

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int LOADERS = 8;
    private static final int TRANSACTION_PUTS = 500;

    private final TestCluster cluster;
    private final TestMember survivor;
    private final TestMember lost;

    private Loss(TestCluster cluster) {
        this.cluster = cluster;
        this.survivor = cluster.anyFollower();
        List<TestMember> others =
                cluster.members().stream().filter(each -> each != survivor).toList();
        this.lost = others.get(0);
        others.forEach(TestMember::kill);
    }

    /** Loads the records and loses the majority. */
    static Loss of(int records, Path directory) throws InterruptedException, ExecutionException {
        TestCluster cluster = TestCluster.builder()
                .voters(3)
                .patience(PATIENCE)
                .directory(directory)
                .start();
        try {
            load(cluster.leader().store().withTimeout(PATIENCE), records);
            Revision last = cluster.leader().table(RECORDS).put("last", new byte[] {1});
            cluster.awaitApplied(last);
            return new Loss(cluster);
        } catch (InterruptedException | ExecutionException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static void load(MetaStore store, int records) throws InterruptedException, ExecutionException {
        ExecutorService loaders = Executors.newFixedThreadPool(LOADERS);
        try {
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < LOADERS; i++) {
                int from = (int) ((long) records * i / LOADERS);
                int to = (int) ((long) records * (i + 1) / LOADERS);
                parts.add(loaders.submit(() -> load(store, from, to)));
            }
            for (Future<?> part : parts) {
                part.get();
            }
        } finally {
            loaders.shutdownNow();
        }
    }

    private static void load(MetaStore store, int from, int to) {
        SplittableRandom random = new SplittableRandom(from);
        for (int begin = from; begin < to; begin += TRANSACTION_PUTS) {
            int first = begin;
            int end = Math.min(to, begin + TRANSACTION_PUTS);
            store.update(transaction -> {
                for (int i = first; i < end; i++) {
                    transaction.in(RECORDS).put(Records.key(i), Records.value(random));
                }
            });
        }
    }

    /** Still running. */
    TestMember survivor() {
        return survivor;
    }

    /** The member whose directory was recovered. */
    TestMember recovered(Path directory) {
        return cluster.members().stream()
                .filter(each -> each.directory().equals(directory))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no member has this directory: directory=" + directory));
    }

    /** Where one of the lost members had what it had. */
    Path lostDirectory() {
        return lost.directory();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
