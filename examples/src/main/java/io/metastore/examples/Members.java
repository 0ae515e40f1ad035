package io.metastore.examples;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.MemberAddress;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.ProgressListener;
import io.metastore.raft.SimulatedNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Three members of one cluster in this process, joined by gRPC on loopback or without sockets. On three hosts each process would open one of
 * them, with its own address. Used by one thread.
 */
final class Members implements AutoCloseable {

    private static final List<String> NAMES = List.of("fe1", "fe2", "fe3");
    private static final int SIMULATED_PORT = 9010;
    /** The defaults, except that a member that is behind soon gets an image instead of the journal. */
    private static final CheckpointPolicy CHECKPOINTS = CheckpointPolicy.defaults().toBuilder()
            .laggardEntries(10)
            .laggardBytes(1 << 20)
            .build();

    private final Path directory;
    private final int port;
    private final @Nullable SimulatedNetwork network;
    private final ProgressListener progress;
    private final Map<String, MetaStore> running = new LinkedHashMap<>();

    private Members(Path directory, int port, @Nullable SimulatedNetwork network, ProgressListener progress) {
        this.directory = directory;
        this.port = port;
        this.network = network;
        this.progress = progress;
    }

    /**
     * Opens all of them; what is in their directories is kept.
     *
     * @param port the first of three on which to listen; 0 for no sockets
     * @param progress hears of their long work
     */
    static Members open(Path directory, int port, ProgressListener progress) {
        Members members = port == 0
                ? new Members(directory, SIMULATED_PORT, new SimulatedNetwork(1), progress)
                : new Members(directory, port, null, progress);
        try {
            members.startAll();
            return members;
        } catch (RuntimeException e) {
            members.close();
            throw e;
        }
    }

    void startAll() {
        NAMES.forEach(this::start);
    }

    /** Starts a member that is not running; the same call for a new one and for one that has been here before. */
    MetaStore start(String name) {
        MetaStore.Builder builder = MetaStore.builder(directory.resolve(name))
                .member(name, address(name))
                .bootstrap(NAMES.stream() // Used once, ignored on restart.
                        .map(each -> MemberAddress.voter(each, address(each)))
                        .toList())
                .checkpoints(CHECKPOINTS)
                .progress(progress);
        if (network != null) {
            builder.with(network);
        }
        MetaStore store = builder.open();
        running.put(name, store);
        return store;
    }

    /** Ends a member as if its process had died: nothing is handed over, nothing is flushed. */
    void kill(String name) {
        SimulatedNetwork.kill(get(name));
        running.remove(name);
    }

    MetaStore get(String name) {
        MetaStore store = running.get(name);
        if (store == null) {
            throw new IllegalStateException("member is not running: member=" + name + " running=" + running.keySet());
        }
        return store;
    }

    MetaStore leader() {
        return get(leaderName());
    }

    /** Asks until somebody leads; gives up when nobody does for long. */
    String leaderName() {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() - deadline < 0) {
            Optional<String> leader = running.values().iterator().next().status().members().stream()
                    .filter(member -> member.alive() && member.role() == MemberStatus.Role.LEADER)
                    .map(MemberStatus::name)
                    .filter(running::containsKey)
                    .findFirst();
            if (leader.isPresent()) {
                return leader.get();
            }
            Thread.onSpinWait();
        }
        throw new IllegalStateException("no member leads: running=" + running.keySet());
    }

    List<String> followerNames() {
        String leader = leaderName();
        return running.keySet().stream().filter(name -> !name.equals(leader)).toList();
    }

    List<MetaStore> all() {
        return List.copyOf(running.values());
    }

    private String address(String name) {
        return "127.0.0.1:" + (port + NAMES.indexOf(name));
    }

    /** Stops them in order, one after the other. */
    @Override
    public void close() {
        new ArrayList<>(running.values()).forEach(MetaStore::close);
        running.clear();
    }
}
