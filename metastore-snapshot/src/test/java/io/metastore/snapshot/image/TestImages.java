package io.metastore.snapshot.image;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Membership.Member;
import io.metastore.snapshot.image.Provenance.Kind;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import io.metastore.snapshot.state.StateInspection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Images for tests: of a real state on disk, and of three files that are none, for any file layer. */
final class TestImages {

    static final FileLayer DISK = new DiskFileLayer();
    static final UUID CLUSTER = new UUID(11, 12);
    static final Lineage LINEAGE = new Lineage(CLUSTER, "main", 3);
    static final Membership MEMBERSHIP = new Membership(
            3,
            true,
            5,
            List.of(
                    new Member("fe1", "10.0.0.1:9010", MemberRole.VOTER, Optional.of(new UUID(1, 1))),
                    new Member("fe2", "10.0.0.2:9010", MemberRole.VOTER, Optional.empty())));

    private static final UUID SESSION = new UUID(7, 7);

    private TestImages() {}

    /** A published image whose files are no state: two, and an empty one. */
    static PersistedImage synthetic(FileLayer layer, Path images) throws IOException {
        return synthetic(layer, images, true);
    }

    /** The same with two files, if what is done with it is done often. */
    static PersistedImage synthetic(FileLayer layer, Path images, boolean withEmpty) throws IOException {
        Path made = images.resolve("image.ckpt");
        layer.createDirectories(made);
        Random random = new Random(5);
        byte[] noise = new byte[3000];
        random.nextBytes(noise);
        List<ImageFile> files = new ArrayList<>();
        files.add(file(layer, made, "000009.sst", noise));
        files.add(file(layer, made, "CURRENT", "MANIFEST-000004\n".getBytes(StandardCharsets.UTF_8)));
        if (withEmpty) {
            files.add(file(layer, made, "EMPTY", new byte[0]));
        }
        ImageManifest manifest = new ImageManifest(
                CLUSTER,
                "main",
                LINEAGE.epoch(),
                new LogPosition(4, 41),
                new Revision(2, 17, new LogPosition(4, 40)),
                "0123456789abcdef0123456789abcdef",
                MEMBERSHIP,
                Instant.ofEpochSecond(1_790_000_000),
                new Provenance(Kind.CHECKPOINT, "fe1"),
                null,
                files);
        return Publication.publish(layer, made, images.resolve("image.41"), manifest);
    }

    private static ImageFile file(FileLayer layer, Path directory, String name, byte[] bytes) throws IOException {
        layer.writeNew(directory.resolve(name), bytes);
        return new ImageFile(name, bytes.length, Sha256.of(layer, directory.resolve(name), read -> {}));
    }

    /** A state with a table and so many records, applied in batches of 100; random values. */
    static MetaState state(Path directory, int records, int valueBytes) {
        MetaState state = MetaState.open(directory, MetaState.Options.defaults("test"), CommandRuntime.NONE);
        apply(
                state,
                1,
                List.of(
                        new JournalOp.RegisterTable(new TableRecord(0, "t", "utf8", "utf8", 1)),
                        new JournalOp.NextIds("ids", 3)));
        put(state, 0, records, valueBytes);
        return state;
    }

    /** Puts records from a number on; what was applied before decides the position. */
    static void put(MetaState state, int from, int count, int valueBytes) {
        Random random = new Random(from);
        for (int next = from; next < from + count; ) {
            List<JournalOp> puts = new ArrayList<>();
            for (int i = 0; i < 100 && next < from + count; i++, next++) {
                byte[] value = new byte[valueBytes];
                random.nextBytes(value);
                puts.add(new JournalOp.Put(
                        1, String.format("key-%08d", next).getBytes(StandardCharsets.UTF_8), 1, value));
            }
            apply(state, state.applied().index() + 2, puts);
        }
    }

    private static void apply(MetaState state, long sequence, List<JournalOp> ops) {
        byte[] batch = JournalCodec.encodeBatch(new JournalBatch(
                SESSION, sequence, List.of(new JournalTransaction.Changes(-1, List.of(), ops, List.of()))));
        long index = state.applied().index() + 1;
        state.apply(
                new LogPosition(2, index), ByteBuffer.wrap(JournalCodec.encodeEntry(1000 + index, index - 1, batch)));
    }

    /** A published image of a real state. */
    static PersistedImage real(Path base, int records, int valueBytes) throws IOException {
        try (MetaState state = state(base.resolve("state"), records, valueBytes)) {
            return real(base, state);
        }
    }

    /** A published image of what a state holds now. */
    static PersistedImage real(Path base, MetaState state) throws IOException {
        Path images = base.resolve("image");
        DISK.createDirectories(images);
        Path made = images.resolve("image.ckpt");
        state.checkpoint(made);
        AppliedState at;
        try (StateInspection inspection = StateInspection.open(DISK, made)) {
            at = inspection.at();
        }
        List<ImageFile> files = new ArrayList<>();
        for (String name : DISK.list(made)) {
            Path file = made.resolve(name);
            DISK.force(file);
            files.add(new ImageFile(name, DISK.size(file), Sha256.of(DISK, file, read -> {})));
        }
        ImageManifest manifest = new ImageManifest(
                CLUSTER,
                "main",
                LINEAGE.epoch(),
                at.position(),
                at.revision(),
                at.fingerprint(),
                MEMBERSHIP,
                Instant.ofEpochSecond(1_790_000_000),
                new Provenance(Kind.CHECKPOINT, "fe1"),
                null,
                files);
        return Publication.publish(
                DISK, made, images.resolve("image." + at.position().index()), manifest);
    }
}
