package io.metastore.test;

import io.metastore.api.MetaStore;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A member of a {@link TestCluster}: running, or stopped and ready to come back on the same directory. Thread-safe. */
public final class TestMember {

    private final TestCluster cluster;
    private final String name;
    private final Path directory;
    private final boolean observer;
    private volatile String address;
    private volatile boolean joins;
    private volatile UnaryOperator<MetaStore.Builder> settings = UnaryOperator.identity();
    private volatile @Nullable MetaStore store;

    TestMember(TestCluster cluster, String name, String address, Path directory, boolean observer) {
        this.cluster = cluster;
        this.name = name;
        this.address = address;
        this.directory = directory;
        this.observer = observer;
    }

    public String name() {
        return name;
    }

    /** Where it listens; what links are named by. */
    public String address() {
        return address;
    }

    /** From now on it is started at this address, and found there; when it runs, call {@code changeAddress} on its cluster too. */
    public TestMember at(String newAddress) {
        address = newAddress;
        return this;
    }

    /** From now on it is started with {@code join} and the addresses of the others instead of the bootstrap list, and with what is added here. */
    public TestMember joining(UnaryOperator<MetaStore.Builder> added) {
        joins = true;
        settings = added;
        return this;
    }

    boolean joins() {
        return joins;
    }

    UnaryOperator<MetaStore.Builder> settings() {
        return settings;
    }

    /** Whether it is started without a vote. */
    public boolean isObserver() {
        return observer;
    }

    public Path directory() {
        return directory;
    }

    public boolean isRunning() {
        return store != null;
    }

    /** Its store; fails when it does not run. */
    public MetaStore store() {
        MetaStore now = store;
        if (now == null) {
            throw new IllegalStateException("member does not run: member=" + name);
        }
        return now;
    }

    /** A table of its store. */
    public <K, V> Table<K, V> table(TableDef<K, V> table) {
        return store().table(table);
    }

    /** What it has at this moment. */
    public MemberProbe probe() {
        return MemberProbe.of(store());
    }

    /** Ends it as if its process had died: nothing is handed over, nothing flushed. */
    public synchronized TestMember kill() {
        MetaStore now = store();
        store = null;
        MemberProbe.kill(now);
        return this;
    }

    /** Closes its store. */
    public synchronized TestMember stop() {
        MetaStore now = store();
        store = null;
        MemberProbe.close(now);
        return this;
    }

    /** Opens its directory again, with the same settings. */
    public synchronized TestMember restart() {
        if (store != null) {
            throw new IllegalStateException("member runs already: member=" + name);
        }
        store = cluster.open(this);
        return this;
    }

    /** Deletes everything it has; it must not run. */
    public synchronized TestMember wipe() {
        if (store != null) {
            throw new IllegalStateException("stop or kill a member before wiping it: member=" + name);
        }
        delete(directory);
        return this;
    }

    /** Cuts it off from all others. */
    public TestMember isolate() {
        cluster.network().isolate(address);
        return this;
    }

    /** Takes {@link #isolate} back. */
    public TestMember rejoin() {
        cluster.network().rejoin(address);
        return this;
    }

    synchronized void closeQuietly(List<RuntimeException> failures) {
        MetaStore now = store;
        store = null;
        if (now != null) {
            try {
                MemberProbe.close(now);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
    }

    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }

    @Override
    public String toString() {
        return name + (isRunning() ? " (running)" : " (stopped)") + " at " + address;
    }
}
