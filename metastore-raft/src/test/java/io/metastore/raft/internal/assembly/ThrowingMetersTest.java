package io.metastore.raft.internal.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.CheckpointStatus;
import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import io.metastore.raft.internal.node.Meters;
import io.metastore.raft.internal.node.NodeGauges;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Meters of the application that throw what they like. */
class ThrowingMetersTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    /** Refuses to hear of anything. */
    private static final class Refusing implements MetersAddon, MetersAddon.Opened, Meters {
        final List<Boolean> heard = new ArrayList<>();
        final Set<String> refused = ConcurrentHashMap.newKeySet();

        @Override
        public String name() {
            return "refusing-meters";
        }

        @Override
        public Opened open(String member, Path directory) {
            return this;
        }

        @Override
        public Meters meters() {
            return this;
        }

        @Override
        public void bind(NodeGauges gauges) {}

        @Override
        public void close() {}

        @Override
        public void checkpoint(boolean published, long nanos, long applyHeldNanos) {
            heard.add(published);
            throw refuse("checkpoint");
        }

        @Override
        public void batch(int transactions, int bytes) {
            throw refuse("batch");
        }

        @Override
        public void committed(long nanos) {
            throw refuse("committed");
        }

        @Override
        public void transaction(String outcome, long nanos) {
            throw refuse("transaction");
        }

        @Override
        public void applied(int transactions, long nanos) {
            throw refuse("applied");
        }

        @Override
        public void read(String mode) {
            throw refuse("read");
        }

        @Override
        public void retried() {
            throw refuse("retried");
        }

        private IllegalStateException refuse(String what) {
            refused.add(what);
            return new IllegalStateException("as planned");
        }
    }

    /** The real disk, but for the renaming that publishes an image. */
    private static FileLayer disk(FileLayer real, AtomicBoolean broken) {
        return (FileLayer) Proxy.newProxyInstance(
                FileLayer.class.getClassLoader(), new Class<?>[] {FileLayer.class}, (proxy, method, arguments) -> {
                    if (broken.get()
                            && method.getName().equals("rename")
                            && String.valueOf(arguments[0]).endsWith("image.ckpt")) {
                        throw new IOException("cannot rename, as planned");
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void imagesAreMadeAndWhatFailsIsToldWhateverMetersSayToIt(@TempDir Path directory) {
        Refusing meters = new Refusing();
        AtomicBoolean broken = new AtomicBoolean();
        try (MetaStore store = MetaStore.builder(directory.resolve("store"))
                .with(meters)
                .with(files(broken))
                .open()) {
            store.table(NOTES).put("a", "1");
            long first = store.checkpoints().create().position().index();
            broken.set(true);
            store.table(NOTES).put("b", "2");
            assertThatThrownBy(() -> store.checkpoints().create())
                    .isInstanceOf(CheckpointFailedException.class)
                    .hasMessageContaining("cannot rename, as planned");
            broken.set(false);
            assertThat(store.checkpoints().create().position().index()).isGreaterThan(first);

            CheckpointStatus status = store.checkpoints().status();
            assertThat(status.made()).isEqualTo(2);
            assertThat(status.failed()).isEqualTo(1);
            assertThat(meters.heard).containsExactly(true, false, true);
        }
    }

    @Test
    void storesWriteReadAndTransactWhateverMetersSayToIt(@TempDir Path directory) {
        Refusing meters = new Refusing();
        try (MetaStore store =
                MetaStore.builder(directory.resolve("store")).with(meters).open()) {
            store.table(NOTES).put("a", "1");
            AtomicBoolean disturbed = new AtomicBoolean();
            store.update(transaction -> {
                String before = transaction.in(NOTES).get("a").orElseThrow();
                if (disturbed.compareAndSet(false, true)) {
                    fromElsewhere(() -> store.table(NOTES).put("a", "2"));
                }
                transaction.in(NOTES).put("a", before + "!");
            });
            assertThat(store.table(NOTES).get("a")).contains("2!");
            assertThat(meters.refused)
                    .containsExactlyInAnyOrder("batch", "committed", "transaction", "applied", "read", "retried");
        }
    }

    private static void fromElsewhere(Runnable write) {
        Thread thread = new Thread(write);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FilesAddon files(AtomicBoolean broken) {
        return new FilesAddon() {
            @Override
            public String name() {
                return "files";
            }

            @Override
            public FileLayer over(FileLayer real) {
                return disk(real, broken);
            }
        };
    }
}
