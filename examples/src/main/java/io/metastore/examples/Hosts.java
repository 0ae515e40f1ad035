package io.metastore.examples;

import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.ProgressListener;
import io.metastore.api.Secret;
import io.metastore.raft.SimulatedNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hosts on which members of one cluster may run, each with a directory and an address; in this process, joined by gRPC on loopback or without sockets. Who
 * is in the cluster is for the cluster to say. Used by one thread.
 */
final class Hosts implements AutoCloseable {

    private static final List<String> NAMES = List.of("fe1", "fe2", "fe3", "o1", "o2");
    private static final Secret TOKEN = Secret.of("the secret of this example");
    private static final int SIMULATED_PORT = 9010;

    private final Path directory;
    private final int port;
    private final @Nullable SimulatedNetwork network;
    private final ProgressListener progress;
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final Map<String, MetaStore> running = new LinkedHashMap<>();

    /**
     * Nothing runs at first.
     *
     * @param port the first of six on which to listen; 0 for no sockets
     * @param progress hears of long work of all members
     */
    Hosts(Path directory, int port, ProgressListener progress) {
        this.directory = directory;
        this.port = port == 0 ? SIMULATED_PORT : port;
        this.network = port == 0 ? new SimulatedNetwork(1) : null;
        this.progress = progress;
        NAMES.forEach(name -> addresses.put(name, freeAddress()));
    }

    /** One that nobody has had. */
    private String freeAddress() {
        return "127.0.0.1:" + (port + addresses.size());
    }

    Path directory(String name) {
        return directory.resolve(name);
    }

    String address(String name) {
        return Objects.requireNonNull(addresses.get(name), name);
    }

    /** Where a member may move to; there is one such address. */
    String spareAddress() {
        return freeAddress();
    }

    /** From the next start on the member is to be found there. */
    void moved(String name, String address) {
        addresses.put(name, address);
    }

    /** Starts a member with the settings it has at every start: who it is, and where others may be found. */
    MetaStore start(String name) {
        return start(name, builder -> builder);
    }

    MetaStore start(String name, UnaryOperator<MetaStore.Builder> settings) {
        MetaStore.Builder builder = MetaStore.builder(directory(name))
                .member(name, address(name))
                .clusterToken(TOKEN)
                .progress(progress);
        String[] helpers = running.keySet().stream().map(this::address).toArray(String[]::new);
        if (helpers.length > 0) { // Else it is the first one, and has its cluster in its directory.
            builder.join(helpers);
        }
        if (network != null) {
            builder.with(network);
        }
        MetaStore store = settings.apply(builder).open();
        running.put(name, store);
        return store;
    }

    /** What a store of this cluster needs to be opened besides directory, member and network. */
    static UnaryOperator<MetaStore.Builder> settings() {
        return builder -> builder.clusterToken(TOKEN);
    }

    /** Ends a member as if its process had died. */
    void kill(String name) {
        SimulatedNetwork.kill(get(name));
        running.remove(name);
    }

    void close(String name) {
        get(name).close();
        running.remove(name);
    }

    /** The disk of a host is gone, and there is a new one. */
    void wipe(String name) throws IOException {
        FileTree.delete(directory(name));
    }

    MetaStore get(String name) {
        MetaStore store = running.get(name);
        if (store == null) {
            throw new IllegalStateException("member is not running: member=" + name + " running=" + running.keySet());
        }
        return store;
    }

    List<MetaStore> all() {
        return List.copyOf(running.values());
    }

    MetaStore leader() {
        return get(leaderName());
    }

    /** Asks until somebody leads; gives up when nobody does for long. */
    String leaderName() {
        MetaStore asked = all().get(0);
        List<String> leaders = new ArrayList<>();
        Patience.until("somebody leads", () -> {
            leaders.clear();
            leaders.addAll(withRole(MemberStatus.Role.LEADER, asked));
            return !leaders.isEmpty();
        });
        return leaders.get(0);
    }

    /** Voters that run and do not lead; waits until the leader has heard of every member that runs. */
    List<String> followers() {
        MetaStore leader = leader();
        Patience.until("the leader has heard of all", () -> running(leader).allMatch(MemberStatus::alive));
        return withRole(MemberStatus.Role.FOLLOWER, leader);
    }

    private List<String> withRole(MemberStatus.Role role, MetaStore asked) {
        return running(asked)
                .filter(member -> member.alive() && member.role() == role)
                .map(MemberStatus::name)
                .toList();
    }

    private Stream<MemberStatus> running(MetaStore asked) {
        return asked.cluster().members().stream()
                .filter(member -> member.joined() && running.containsKey(member.name()));
    }

    @Override
    public void close() {
        new ArrayList<>(running.values()).forEach(MetaStore::close);
        running.clear();
    }
}
