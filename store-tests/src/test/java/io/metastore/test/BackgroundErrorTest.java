package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.Health;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.Range;
import io.metastore.api.StoreState;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What RocksDB meets on its own threads, where nobody waits for an answer: a disk that is full under a flush. The file system of the state is full as soon as another,
 * full one is mounted over its directory: files that are open go on being written, new ones find no room. Not run where that is not allowed.
 */
class BackgroundErrorTest extends OneMember {

    private Path state() {
        return directory.resolve("stores/main/epoch-000001/state");
    }

    private void write(int from, int to) {
        for (int i = from; i < to; i++) {
            store.table(NOTES).put("k" + i, "value " + i);
        }
    }

    @Test
    void aFlushWithoutRoomPublishesNothingLosesNothingAndIsNamed() throws Exception {
        // given
        write(0, 100);
        Image before = store.checkpoints().create();
        write(100, 200);
        try (FullDisk full = FullDisk.over(state())) {
            // when
            assertThatThrownBy(() -> store.checkpoints().create())
                    .isInstanceOf(CheckpointFailedException.class)
                    .hasMessageContaining("No space left on device");
            // then
            assertThat(store.checkpoints().list()).containsExactly(before);
            assertThat(store.checkpoints().status().journalFirst()).isZero();
            assertThat(findings()).contains("CHECKPOINT_FAILED").contains("No space left on device");
            assertThat(store.table(NOTES).get("k199")).contains("value 199");
            assertThat(full.path())
                    .as("nothing was left there")
                    .isDirectoryContaining(file -> file.endsWith("ballast"));
            // and RocksDB takes no more writes, so the member stops with the reason instead of going on in memory only
            assertThatThrownBy(() -> write(200, 201))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasMessageContaining("No space left on device");
            assertThat(store.status().state()).isEqualTo(StoreState.FAILED);
            assertThat(findings()).contains("FAILED").contains("check the disk, then reopen the store");
        }
        // when there is room again
        MemberProbe.kill(store);
        store = configure(MetaStore.builder(directory)).open();
        // then
        assertThat(store.table(NOTES).get("k199")).contains("value 199");
        assertThat(store.table(NOTES).count(Range.all()))
                .as("the last is in the journal")
                .isEqualTo(201);
        Image after = store.checkpoints().create();
        store.checkpoints().verify(after);
    }

    private String findings() {
        return store.health().findings().stream().map(Health.Finding::toString).collect(Collectors.joining("\n"));
    }

    /** A file system without a free byte in place of a directory. */
    private record FullDisk(Path path) implements AutoCloseable {

        static FullDisk over(Path path) throws IOException {
            Assumptions.assumeTrue(
                    Commands.run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", path.toString()) == 0,
                    "not run: this user may not mount a file system");
            FullDisk disk = new FullDisk(path);
            Files.write(path.resolve("ballast"), new byte[4096]);
            return disk;
        }

        @Override
        public void close() throws IOException {
            assertThat(Commands.run("umount", path.toString())).isZero();
        }
    }
}
