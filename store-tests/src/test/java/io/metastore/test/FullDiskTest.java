package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Limits;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.StoreState;
import io.metastore.api.Table;
import io.metastore.api.UnavailableException;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real file system that is written to until there is little room, by the store itself: it stops taking writes before anything finds none, and goes on when somebody
 * makes room. Not run where no file system may be mounted.
 */
class FullDiskTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MEGABYTE = 1 << 20;
    private static final Limits LIMITS =
            Limits.defaults().toBuilder().diskFreeBytesMin(32L * MEGABYTE).build();

    /** Small beside the reserve, as the disk is looked at a few times a second only. */
    private static final String VALUE = "v".repeat(16 << 10);

    @Test
    void writesStopBeforeTheDiskIsFullAndGoOnWhenThereIsRoom(@TempDir Path temporary) throws IOException {
        Path disk = Files.createDirectory(temporary.resolve("disk"));
        Assumptions.assumeTrue(
                Commands.run("mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", disk.toString()) == 0,
                "not run: this user may not mount a file system");
        try {
            Path ballast = disk.resolve("ballast");
            int acknowledged;
            try (MetaStore store = open(disk)) {
                Table<String, String> notes = store.table(NOTES);
                notes.put("first", "v");
                Files.write(ballast, new byte[64 * MEGABYTE]);
                // when
                acknowledged = writeUntilRefused(store);
                // then
                assertThat(store.status().state()).isEqualTo(StoreState.READ_ONLY);
                assertThat(Files.getFileStore(disk).getUsableSpace())
                        .as("what is kept")
                        .isBetween(4L * MEGABYTE, 32L * MEGABYTE);
                assertThat(notes.count(Range.all())).as("linearizable").isEqualTo(acknowledged + 1);
                assertThat(notes.reading(ReadMode.local()).get("first")).contains("v");
                // when
                Files.delete(ballast);
                // then
                Awaitility.await().atMost(PATIENCE).until(() -> store.status().state() == StoreState.SERVING);
                notes.put("last", "v");
                assertThat(store.health().findings()).isEmpty();
                assertThat(MemberProbe.recomputeFingerprint(store))
                        .isEqualTo(MemberProbe.of(store).fingerprint());
            }
            try (MetaStore store = open(disk)) {
                assertThat(store.table(NOTES).count(Range.all())).isEqualTo(acknowledged + 2);
            }
        } finally {
            assertThat(Commands.run("umount", disk.toString())).isZero();
        }
    }

    private static MetaStore open(Path disk) {
        return MetaStore.builder(disk.resolve("store")).limits(LIMITS).open();
    }

    /** How many were acknowledged; none ended otherwise. */
    private static int writeUntilRefused(MetaStore store) {
        for (int i = 0; i < 128 * MEGABYTE / VALUE.length(); i++) {
            try {
                store.table(NOTES).put("k" + i, VALUE);
            } catch (UnavailableException e) {
                assertThat(e).hasMessageContaining("too little disk space").hasMessageContaining("needed=33554432");
                return i;
            }
        }
        throw new AssertionError("the disk is full and nothing was refused");
    }
}
