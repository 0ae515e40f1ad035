package io.metastore.raft.internal.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.Limits;
import io.metastore.api.MemberAddress;
import io.metastore.api.MetaStore;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.TableDef;
import io.metastore.api.Timeouts;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A move that cannot be written down is none: the member stays where it was, and the address is free. */
class MoveOnFailingDiskTest {

    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final AtomicBoolean full = new AtomicBoolean();
    private final AtomicInteger refused = new AtomicInteger();

    private MetaStore open(Path directory, MemberAddress self, FileLayer files) {
        return StoreAssembly.open(
                TestSettings.of(directory, self, List.of(self), Limits.defaults(), Timeouts.defaults(), network),
                files);
    }

    /** The real disk, but that nothing new can be written to it while it is full. */
    private FileLayer disk() {
        DiskFileLayer real = new DiskFileLayer();
        return (FileLayer) Proxy.newProxyInstance(
                FileLayer.class.getClassLoader(), new Class<?>[] {FileLayer.class}, (proxy, method, arguments) -> {
                    if (full.get() && method.getName().equals("writeNew")) {
                        refused.incrementAndGet();
                        throw new IOException("no space left on device");
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void memberStaysWhereItIsAndMovesWhenThereIsRoomAgain(@TempDir Path root) {
        MemberAddress self = MemberAddress.voter("fe1", "fe1:1");
        try (MetaStore store = open(root.resolve("fe1"), self, disk())) {
            store.table(NOTES).put("a", "1");
            full.set(true);
            assertThatThrownBy(() -> store.cluster().changeAddress("fe1:2"))
                    .isInstanceOf(DirectoryUnusableException.class);
            full.set(false);
            assertThat(refused.get()).isPositive();
            assertThat(store.status().members().get(0).address()).isEqualTo("fe1:1");
            assertThat(moves(store)).extracting(Operation::state).containsExactly(OperationState.FAILED);
            // then nobody listens there
            MemberAddress other = MemberAddress.voter("other", "fe1:2");
            open(root.resolve("other"), other, new DiskFileLayer()).close();

            store.cluster().changeAddress("fe1:2");

            assertThat(store.status().members().get(0).address()).isEqualTo("fe1:2");
            assertThat(moves(store))
                    .extracting(Operation::state)
                    .containsExactly(OperationState.DONE, OperationState.FAILED);
            store.table(NOTES).put("a", "2");
        }
        try (MetaStore again = open(root.resolve("fe1"), MemberAddress.voter("fe1", "fe1:2"), new DiskFileLayer())) {
            assertThat(again.table(NOTES).get("a")).contains("2");
        }
    }

    private static List<Operation> moves(MetaStore store) {
        return store.cluster().operations().stream()
                .filter(operation -> operation.target().equals("fe1"))
                .toList();
    }
}
