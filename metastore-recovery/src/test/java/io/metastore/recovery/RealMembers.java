package io.metastore.recovery;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.raft.SimulatedNetwork;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Members of one cluster in this JVM, named {@code a}, {@code b} and so on, each with a directory of its name. */
final class RealMembers implements AutoCloseable {
    static final TableDef<String, String> NAMES = TableDef.of("names", Codecs.utf8(), Codecs.utf8());

    private final Map<String, MetaStore> members = new TreeMap<>();

    /** Starts so many, all voters. */
    RealMembers(Path directory, int voters) {
        SimulatedNetwork network = new SimulatedNetwork(1);
        String[] bootstrap = new String[voters];
        for (int i = 0; i < voters; i++) {
            bootstrap[i] = name(i) + "=" + name(i) + ":1";
        }
        for (int i = 0; i < voters; i++) {
            members.put(
                    name(i),
                    MetaStore.builder(directory.resolve(name(i)))
                            .member(name(i), name(i) + ":1")
                            .bootstrap(bootstrap)
                            .with(network)
                            .open());
        }
    }

    private static String name(int number) {
        return String.valueOf((char) ('a' + number));
    }

    MetaStore member(String name) {
        return members.get(name);
    }

    /** Writes through a member. */
    void write(String name, int from, int to) {
        Table<String, String> names = member(name).table(NAMES);
        for (int i = from; i < to; i++) {
            names.put("key" + i, "value" + i);
        }
    }

    /** Ends a member as a crash does. */
    void kill(String name) {
        SimulatedNetwork.kill(members.remove(name));
    }

    @Override
    public void close() {
        members.values().forEach(SimulatedNetwork::kill);
    }
}
