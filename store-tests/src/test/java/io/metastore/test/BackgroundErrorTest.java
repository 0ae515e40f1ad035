package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.Codecs;
import io.metastore.api.Health;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.Range;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What RocksDB meets on its own threads, where nobody waits for an answer: a disk that is full under a flush, or under a merge of the files of earlier ones. For that a
 * file system is mounted for the directory of the state, and filled. Not run where that is not allowed.
 */
class BackgroundErrorTest extends OneMember {

    private static final TableDef<String, byte[]> BLOBS = TableDef.of("blobs", Codecs.utf8(), Codecs.bytes());

    /** So many files of records are merged. */
    private static final int FLUSHES = 16;

    private static final int VALUES = 16;
    private static final int VALUE_BYTES = 64 << 10;

    /** Each value is written twice, as a record and into the feed. */
    private static final long ROOM_OF_FLUSH = 5 << 20;

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
        store.close();
        try (SmallDisk disk = smallDisk()) {
            store = configure(MetaStore.builder(directory)).open();
            write(0, 100);
            Image before = store.checkpoints().create();
            write(100, 200);
            disk.leave(0);
            Set<Path> tables = tables();
            // when
            assertThatThrownBy(() -> store.checkpoints().create())
                    .isInstanceOf(CheckpointFailedException.class)
                    .hasMessageContaining("No space left on device");
            // then
            assertThat(store.checkpoints().list()).containsExactly(before);
            assertThat(store.checkpoints().status().journalFirst()).isZero();
            assertThat(findings()).contains("CHECKPOINT_FAILED").contains("No space left on device");
            assertThat(store.table(NOTES).get("k199")).contains("value 199");
            assertThat(tables()).as("nothing that was begun is left").isSubsetOf(tables);
            // and RocksDB takes no more writes, so the member stops with the reason instead of going on in memory only
            assertThatThrownBy(() -> write(200, 201))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasMessageContaining("No space left on device");
            assertThat(store.status().state()).isEqualTo(StoreState.FAILED);
            assertThat(findings()).contains("FAILED").contains("check the disk, then reopen the store");
            // when there is room again
            MemberProbe.kill(store);
            disk.leave(ROOM_OF_FLUSH);
            store = configure(MetaStore.builder(directory)).open();
            // then
            assertThat(store.table(NOTES).get("k199")).contains("value 199");
            assertThat(store.table(NOTES).count(Range.all()))
                    .as("the last is in the journal")
                    .isEqualTo(201);
            Image after = store.checkpoints().create();
            store.checkpoints().verify(after);
            store.close();
        }
    }

    @Test
    void aMergeWithoutRoomLosesNothingAndIsNamed() throws Exception {
        // given the files of so many flushes that they are merged, and room for a flush only
        store.close();
        try (SmallDisk disk = smallDisk()) {
            for (int flush = 0; flush < FLUSHES; flush++) {
                store = configure(MetaStore.builder(directory)).open();
                if (flush == FLUSHES - 1) {
                    disk.leave(ROOM_OF_FLUSH);
                }
                writeLong(flush);
                if (flush < FLUSHES - 1) {
                    store.close();
                } else {
                    closeBesideMerge();
                }
            }
            assertThat(longValues()).as("what a merge writes").isGreaterThan(2 * ROOM_OF_FLUSH);
            // when
            openBesideMerge();
            AtomicInteger written = new AtomicInteger();
            Awaitility.await("a flush behind the merge that failed")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> {
                        write(written.get(), written.get() + 1);
                        written.incrementAndGet();
                        assertThatThrownBy(() -> store.checkpoints().create())
                                .isInstanceOf(CheckpointFailedException.class)
                                .hasMessageContaining("No space left on device");
                    });
            // then
            assertThat(state().resolve("LOG"))
                    .content()
                    .contains("Compaction error: IO error: No space left on device");
            assertThatThrownBy(() -> write(written.get(), written.get() + 1))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasMessageContaining("No space left on device");
            assertThat(store.status().state()).isEqualTo(StoreState.FAILED);
            assertThat(findings()).contains("FAILED").contains("check the disk, then reopen the store");
            // and when there is room again
            MemberProbe.kill(store);
            disk.leave(2 * longValues());
            store = configure(MetaStore.builder(directory)).open();
            Awaitility.await("the merge").atMost(PATIENCE).until(() -> longTableFiles() <= FLUSHES + 1);
            assertThat(store.table(NOTES).count(Range.all()))
                    .as("what was acknowledged, and the one that is in the journal")
                    .isEqualTo(written.get() + 1);
            assertThat(store.table(BLOBS).count(Range.all())).isEqualTo(FLUSHES * VALUES);
            assertThat(MemberProbe.recomputeFingerprint(store))
                    .isEqualTo(MemberProbe.of(store).fingerprint());
            store.close();
        }
    }

    /** The merge may begin with the flush of the closing. When it takes the room before the closing has written its few bytes, that is named; all else is closed. */
    private void closeBesideMerge() {
        try {
            store.close();
        } catch (StoreFailedException e) {
            assertThat(e).hasMessageContaining("No space left on device");
        }
    }

    /** The merge begins with the opening. When it takes the room before the opening has written its few bytes, that is refused, by name, and free for another. */
    private void openBesideMerge() {
        Awaitility.await("an opening before the merge has taken the room")
                .atMost(PATIENCE)
                .ignoreExceptionsMatching(e -> e instanceof StoreFailedException
                        && String.valueOf(e.getMessage()).contains("No space left on device"))
                .until(() -> {
                    store = configure(MetaStore.builder(directory)).open();
                    return true;
                });
    }

    /** The state of a store that is closed, moved to a disk that can be filled. */
    private SmallDisk smallDisk() throws Exception {
        Path moved = directory.resolveSibling("state");
        Files.move(state(), moved);
        Files.createDirectory(state());
        SmallDisk disk = SmallDisk.over(state());
        assertThat(Commands.run("cp", "-a", moved + "/.", state().toString())).isZero();
        return disk;
    }

    /** Among the keys of all the other flushes: else their files would only be moved. */
    private void writeLong(int flush) {
        SplittableRandom random = new SplittableRandom(flush);
        for (int i = 0; i < VALUES; i++) {
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            store.table(BLOBS).put("k" + i + "/" + flush, value);
        }
    }

    private static long longValues() {
        return (long) FLUSHES * VALUES * VALUE_BYTES;
    }

    /** Those of the feed, one for each flush, are never merged: its keys only grow. */
    private long longTableFiles() throws IOException {
        return tables().stream()
                .filter(file -> file.toFile().length() > VALUES * VALUE_BYTES / 2)
                .count();
    }

    private Set<Path> tables() throws IOException {
        try (Stream<Path> files = Files.list(state())) {
            return files.filter(file -> file.toString().endsWith(".sst")).collect(Collectors.toSet());
        }
    }

    private String findings() {
        return store.health().findings().stream().map(Health.Finding::toString).collect(Collectors.joining("\n"));
    }

    /** A file system of its own in place of a directory. */
    private record SmallDisk(Path path) implements AutoCloseable {

        static SmallDisk over(Path path) throws IOException {
            Assumptions.assumeTrue(
                    Commands.run("mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", path.toString()) == 0,
                    "not run: this user may not mount a file system");
            return new SmallDisk(path);
        }

        /** So much is free from now on. */
        void leave(long bytes) throws IOException {
            Path ballast = path.resolve("ballast");
            Files.deleteIfExists(ballast);
            long free = Files.getFileStore(path).getUsableSpace();
            Files.write(ballast, new byte[Math.toIntExact(Math.max(0, free - bytes))]);
        }

        @Override
        public void close() throws IOException {
            assertThat(Commands.run("umount", "-l", path.toString())).isZero();
        }
    }
}
