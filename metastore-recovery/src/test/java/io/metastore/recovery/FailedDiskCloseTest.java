package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.Limits;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing a member whose disk has failed ends in time, whether that was noticed before or not, and lets go of the disk. */
class FailedDiskCloseTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What is promised. */
    private static final Duration BOUND = Duration.ofSeconds(2);

    private static final long SMALL = 64L << 20;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofAMemberThatIsAlone(boolean noticed, @TempDir Path given) throws IOException {
        try (LoopDisk disk = LoopDisk.orNotRun(given.toRealPath(), SMALL)) {
            Path directory = disk.root().resolve("member");
            MetaStore store = open(directory);
            for (int i = 0; i < 100; i++) {
                store.table(NOTES).put("k" + i, "v");
            }
            disk.cut();
            if (noticed) {
                assertThatThrownBy(
                                () -> store.withTimeout(PATIENCE).table(NOTES).put("after", "2"))
                        .isInstanceOf(MetastoreException.class);
                Awaitility.await().atMost(PATIENCE).until(() -> store.status().state() == StoreState.FAILED);
            }

            Duration took = timed(store);

            System.out.println("closed, noticed=" + noticed + ": " + took.toMillis() + " ms");
            assertThat(took).isLessThan(BOUND);
            assertThat(MemberProbe.openNativeHandles(store))
                    .as("nothing goes on in the background")
                    .isZero();
            disk.powerOn(); // Not while anything on it is open.
            try (MetaStore again = open(directory)) {
                assertThat(again.table(NOTES).get("k99")).contains("v");
            }
        }
    }

    private static MetaStore open(Path directory) {
        return MetaStore.builder(directory)
                .limits(Limits.defaults().toBuilder().diskFreeBytesMin(0).build())
                .open();
    }

    /** A state that cannot be flushed any more is named by closing it. */
    private static Duration timed(MetaStore store) {
        long started = System.nanoTime();
        try {
            store.close();
        } catch (MetastoreException e) {
            System.out.println("closing says: " + e.getMessage());
        }
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
