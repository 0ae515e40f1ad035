package io.metastore.raft.internal.transfer;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.Lineage;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.Provenance;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/** Images of real states. Those of one seed and index hold the same state, each in files of its own. */
final class RealImages {

    static final Lineage LINEAGE = new Lineage(new UUID(3, 3), "main", 1);

    private static final int RECORDS_PER_ENTRY = 64;

    private RealImages() {}

    /**
     * Makes an image and publishes it.
     *
     * @param images the directory of images
     * @param index of its position; as many journal entries are applied
     * @param bytes about how large it becomes; what is in it cannot be compressed
     */
    static ImageManifest make(Path images, long index, int bytes, String member) throws IOException {
        return make(images, index, bytes, member, LINEAGE);
    }

    static ImageManifest make(Path images, long index, int bytes, String member, Lineage lineage) throws IOException {
        Files.createDirectories(images);
        Path state = Files.createTempDirectory(images.getParent(), "making");
        Path directory = images.resolve("image." + index);
        AppliedState at;
        try (MetaState live =
                MetaState.open(state.resolve("live"), MetaState.Options.defaults("made"), CommandRuntime.NONE)) {
            fill(live, index, bytes);
            at = live.current();
            live.checkpoint(directory);
        }
        ImageManifest manifest = new ImageManifest(
                lineage.clusterId(),
                lineage.store(),
                lineage.epoch(),
                at.position(),
                at.revision(),
                at.fingerprint(),
                new Membership(
                        lineage.epoch(),
                        true,
                        0,
                        List.of(new Membership.Member("n1", "n1", MemberRole.VOTER, Optional.empty()))),
                Instant.ofEpochSecond(1_000),
                new Provenance(Provenance.Kind.CHECKPOINT, member),
                null,
                files(directory));
        AtomicFile.replace(new DiskFileLayer(), directory.resolve(ImageManifest.FILE), ManifestCodec.encode(manifest));
        return manifest;
    }

    private static void fill(MetaState state, long index, int bytes) {
        Random random = new Random(index);
        UUID session = new UUID(1, 1);
        state.apply(
                new LogPosition(1, 0),
                entry(session, 1, List.of(new JournalOp.RegisterTable(new TableRecord(0, "t", "utf8", "utf8", 1)))));
        int valueBytes = (int) Math.max(16, bytes / (index * RECORDS_PER_ENTRY));
        for (long i = 1; i <= index; i++) {
            List<JournalOp> ops = new ArrayList<>();
            for (int r = 0; r < RECORDS_PER_ENTRY; r++) {
                byte[] value = new byte[valueBytes];
                random.nextBytes(value);
                ops.add(new JournalOp.Put(1, ("key" + i + "." + r).getBytes(StandardCharsets.UTF_8), 1, value));
            }
            state.apply(new LogPosition(1, i), entry(session, i + 1, ops));
        }
    }

    private static ByteBuffer entry(UUID session, long sequence, List<JournalOp> ops) {
        JournalTransaction changes = new Changes(-1, List.of(), ops, List.of());
        byte[] batch = JournalCodec.encodeBatch(new JournalBatch(session, sequence, List.of(changes)));
        return ByteBuffer.wrap(JournalCodec.encodeEntry(1_000, 0, batch));
    }

    /** The same image in the same files, with another member. */
    static void copy(Path image, Path images) throws IOException {
        Path target = images.resolve(image.getFileName().toString());
        Files.createDirectories(target);
        for (Path file : list(image)) {
            Files.copy(file, target.resolve(file.getFileName().toString()));
        }
    }

    static List<ImageFile> files(Path directory) throws IOException {
        List<ImageFile> files = new ArrayList<>();
        for (Path path : list(directory)) {
            if (path.endsWith(ImageManifest.FILE)) {
                continue;
            }
            files.add(new ImageFile(path.getFileName().toString(), Files.size(path), sha256(path)));
        }
        return files;
    }

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
