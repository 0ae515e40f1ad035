package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.Table;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Images and journal that are not needed any more are freed little by little, by a member that goes on. */
class FreedSpaceTest extends MemberWithImages {

    private static final long WATCH_SECONDS_MAX = 20;
    private static final int VALUE_CHARACTERS = 100_000;

    private final SplittableRandom random = new SplittableRandom(5);
    private long journalFileBytes = 1 << 30;

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return super.configure(builder)
                .checkpoints(CheckpointPolicy.defaults().toBuilder()
                        .journalFileBytes(journalFileBytes)
                        .build());
    }

    private Path trash() {
        return epoch().resolve("scratch").resolve("trash");
    }

    /** Text that hardly becomes shorter. */
    private void writeLong(int keys, int puts) {
        Table<String, String> notes = store.table(NOTES);
        for (int i = 0; i < puts; i++) {
            StringBuilder text = new StringBuilder(VALUE_CHARACTERS);
            while (text.length() < VALUE_CHARACTERS) {
                text.append((char) ('0' + random.nextInt(64)));
            }
            notes.put("k" + i % keys, text.toString());
        }
    }

    @Test
    void theFilesOfAnOldImage() throws Exception {
        writeLong(30, 30);
        Image first = store.checkpoints().create();
        writeLong(30, 30);
        store.checkpoints().create();
        writeLong(30, 30);
        assertFreed(() -> store.checkpoints().create());
        assertThat(epoch().resolve("image").resolve(first.name())).doesNotExist();
        assertSound();
    }

    @Test
    void theFilesOfTheJournal() throws Exception {
        journalFileBytes = 2 << 20;
        reopen();
        writeLong(1, 80);
        store.checkpoints().create();
        writeLong(1, 40);
        assertThat(store.checkpoints().status().journalFirst()).isZero();
        assertFreed(() -> store.checkpoints().create()); // Images are deleted from the third on.
        assertThat(store.checkpoints().status().journalFirst()).isGreaterThan(40);
        assertSound();
    }

    /** What a killed process has not freed is freed when the member is opened again. */
    @Test
    void whatAKilledMemberLeft() throws Exception {
        writeLong(1, 1);
        MemberProbe.kill(store);
        Files.createDirectories(trash());
        Files.write(trash().resolve("1"), new byte[3 << 20]);
        store = configure(MetaStore.builder(directory)).open();
        assertThat(trash()).doesNotExist();
        assertSound();
    }

    /** Something is named in the trash, and gone from there while the member goes on. */
    private void assertFreed(Runnable work) throws IOException, InterruptedException {
        try (WatchService watch = epoch().getFileSystem().newWatchService()) {
            epoch().resolve("scratch").register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            work.run();
            WatchKey seen = watch.poll(WATCH_SECONDS_MAX, TimeUnit.SECONDS);
            assertThat(seen).as("nothing came to the trash").isNotNull();
            assertThat(seen.pollEvents()).anySatisfy(event -> assertThat(event.context())
                    .hasToString(trash().getFileName().toString()));
        }
        Awaitility.await().untilAsserted(() -> assertThat(trash()).isEmptyDirectory());
    }

    private void assertSound() throws IOException {
        String fingerprint = MemberProbe.of(store).fingerprint();
        assertThat(MemberProbe.recomputeFingerprint(store)).isEqualTo(fingerprint);
        for (Image image : store.checkpoints().list()) {
            store.checkpoints().verify(image);
        }
        reopen();
        assertThat(MemberProbe.of(store).fingerprint()).isEqualTo(fingerprint);
        try (Stream<Path> left = Files.list(epoch().resolve("scratch"))) {
            assertThat(left).isEmpty();
        }
    }
}
