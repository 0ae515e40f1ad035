package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Batch;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Codecs;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.raft.MemberProbe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Incident I28: a copy of the state in memory, made for a checkpoint, ended the process. Here a process has far less heap than its state is long, and does with its
 * images all there is to do.
 */
class SmallHeapTest {

    private static final int HEAP_MEGABYTES = 40;
    private static final int RECORDS = 5_600;
    private static final int RECORDS_PER_TRANSACTION = 56;
    private static final int VALUE_BYTES = 8 << 10;

    private static final TableDef<String, byte[]> BLOBS = TableDef.of("blobs", Codecs.utf8(), Codecs.bytes());

    @Test
    void imagesAreMadeVerifiedMovedAndAuditedWithLessHeapThanTheStateIsLong(@TempDir Path temporary) {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        // With both compilers: only the second knows the processor's way to take a digest, and all of the state is read
        // many times.
        List<String> options = List.of("-Xmx" + HEAP_MEGABYTES + "m");
        try (ChildJvm child = ChildJvm.start(options, Child.class, temporary.toString(), String.valueOf(seed))) {
            long imageBytes = Long.parseLong(child.line());
            assertThat(imageBytes).isGreaterThan((2L * HEAP_MEGABYTES) << 20);
            assertThat(child.line()).isEqualTo("verified " + RECORDS);
            assertThat(child.line()).isEqualTo("exported");
            assertThat(child.line()).isEqualTo("dumped");
            assertThat(child.line()).isEqualTo("imported");
            assertThat(child.line()).isEqualTo("audited");
            assertThat(child.end()).isZero();
        }
    }

    /** The process with the small heap; each step that it has done is a line. */
    static final class Child {

        private Child() {}

        public static void main(String[] arguments) {
            Path directory = Path.of(arguments[0]);
            Random random = new Random(Long.parseLong(arguments[1]));
            CheckpointPolicy byHand = CheckpointPolicy.defaults().toBuilder()
                    .entries(1_000_000)
                    .journalBytes(1L << 40)
                    .journalFileBytes(4 << 20)
                    .build();
            try (MetaStore store = MetaStore.builder(directory.resolve("store"))
                    .checkpoints(byHand)
                    .open()) {
                Table<String, byte[]> blobs = store.table(BLOBS);
                byte[] value = new byte[VALUE_BYTES];
                for (int i = 0; i < RECORDS; i += RECORDS_PER_TRANSACTION) {
                    List<Op> puts = new ArrayList<>();
                    for (int j = i; j < i + RECORDS_PER_TRANSACTION; j++) {
                        random.nextBytes(value);
                        puts.add(Op.put(BLOBS, "k" + j, value.clone()));
                    }
                    store.apply(Batch.of(puts));
                }
                Image image = store.checkpoints().create();
                System.out.println(image.bytes());
                System.out.println(
                        "verified " + store.checkpoints().verify(image).records());
                store.checkpoints().exportTo(image, directory.resolve("exported.zip"));
                System.out.println("exported");
                store.checkpoints().dumpTo(directory.resolve("dumped.zip"));
                System.out.println("dumped");
                String fingerprint = MemberProbe.of(store).fingerprint();
                try (MetaStore imported = MetaStore.builder(directory.resolve("imported"))
                        .importFrom(directory.resolve("exported.zip"))
                        .checkpoints(byHand)
                        .open()) {
                    System.out.println(
                            MemberProbe.recomputeFingerprint(imported).equals(fingerprint) ? "imported" : "differs");
                }
                random.nextBytes(value);
                blobs.put("more", value);
                System.out.println(store.checkpoints().audit().agrees() ? "audited" : "disagrees");
            }
        }
    }
}
