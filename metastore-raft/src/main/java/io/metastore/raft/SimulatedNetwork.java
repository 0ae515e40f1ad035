package io.metastore.raft;

import io.metastore.api.MetaStore;
import io.metastore.raft.internal.assembly.TransportAddon;
import io.metastore.raft.internal.transport.FaultyTransport;
import io.metastore.raft.internal.transport.InJvmNetwork;
import io.metastore.raft.internal.transport.LinkFaults;
import io.metastore.raft.internal.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Joins members in one JVM without sockets and breaks the links between them on command. For tests; given to every member with {@link
 * MetaStore.Builder#with}. Members are named here by the addresses they were opened with.
 *
 * <p>Thread-safe. Faults act on messages sent after the call; {@link #fired} tells whether they did.
 */
public final class SimulatedNetwork implements TransportAddon {

    private final InJvmNetwork network = new InJvmNetwork();
    private final LinkFaults faults;
    private final boolean overSockets;

    /**
     * A network without faults.
     *
     * @param seed decides which messages are dropped or repeated
     */
    public SimulatedNetwork(long seed) {
        this(seed, false);
    }

    private SimulatedNetwork(long seed, boolean overSockets) {
        this.faults = new LinkFaults(seed);
        this.overSockets = overSockets;
    }

    /**
     * Leaves members their sockets and only breaks the links between them: what it strikes never reaches a socket, everything else does.
     *
     * @param seed decides which messages are dropped or repeated
     */
    public static SimulatedNetwork overSockets(long seed) {
        return new SimulatedNetwork(seed, true);
    }

    @Override
    public String name() {
        return overSockets ? "breakable-sockets" : "simulated-network";
    }

    @Override
    public Transport open(String address) {
        return new FaultyTransport(network.transport(address), address, faults);
    }

    @Override
    public Transport open(String address, Sockets sockets) throws IOException {
        return overSockets ? new FaultyTransport(sockets.open(), address, faults) : open(address);
    }

    /** Cuts a member off from all others, both ways; messages vanish. */
    public void isolate(String address) {
        faults.isolate(address, LinkFaults.Cut.BLACKHOLE);
    }

    /** Messages from one member to another vanish; the other direction works. */
    public void cutOneWay(String from, String to) {
        faults.cut(from, to, LinkFaults.Cut.BLACKHOLE);
    }

    /** Messages from one member to another fail at once, as at a closed port; the other direction works. */
    public void refuseOneWay(String from, String to) {
        faults.cut(from, to, LinkFaults.Cut.REFUSED);
    }

    /** No message passes between the two sides. */
    public void partition(Collection<String> side, Collection<String> otherSide) {
        faults.partition(side, otherSide, LinkFaults.Cut.BLACKHOLE);
    }

    /** Each message from one member to another takes between the two durations. */
    public void delay(String from, String to, Duration min, Duration max) {
        faults.delay(from, to, min, max);
    }

    /** Each message from one member to another is lost with this probability. */
    public void drop(String from, String to, double probability) {
        faults.drop(from, to, probability);
    }

    /** Each message from one member to another arrives twice with this probability. */
    public void duplicate(String from, String to, double probability) {
        faults.duplicate(from, to, probability);
    }

    /** Lets a member that was isolated reach the others again. */
    public void rejoin(String address) {
        faults.rejoin(address);
    }

    /** How many messages a fault has struck so far: a test whose fault did not strike has tested nothing. */
    public long fired() {
        long sum = 0;
        for (LinkFaults.Fault fault : LinkFaults.Fault.values()) {
            sum += faults.fired(fault);
        }
        return sum;
    }

    /**
     * How many messages each kind of fault has struck so far, by its name: REQUEST_CUT, REPLY_CUT, REQUEST_DROPPED, REPLY_DROPPED, REQUEST_DELAYED,
     * REPLY_DELAYED and DUPLICATED; those that struck none are left out.
     */
    public Map<String, Long> struck() {
        Map<String, Long> struck = new TreeMap<>();
        for (LinkFaults.Fault fault : LinkFaults.Fault.values()) {
            long count = faults.fired(fault);
            if (count > 0) {
                struck.put(fault.name(), count);
            }
        }
        return struck;
    }

    /** Ends every fault. */
    public void heal() {
        faults.healAll();
    }

    /** Ends the store as if its process had died: no handing over, nothing flushed, links dead at once. */
    public static void kill(MetaStore store) {
        MemberProbe.kill(store);
    }
}
