package io.metastore.recovery.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where what a member has applied is looked for, and in which order. */
class EpochFilesTest {

    @TempDir
    Path epoch;

    private final EpochFiles files = new EpochFiles(new DiskFileLayer());

    private Path image(long index) throws IOException {
        LogPosition position = new LogPosition(1, index);
        ImageManifest manifest = new ImageManifest(
                new UUID(1, 2),
                "main",
                1,
                position,
                new Revision(1, index, position),
                String.format("%032x", index),
                new Membership(
                        1,
                        true,
                        0,
                        List.of(new Membership.Member("fe1", "fe1:1", MemberRole.VOTER, Optional.of(new UUID(3, 4))))),
                Instant.EPOCH,
                new Provenance(Provenance.Kind.CHECKPOINT, "fe1"),
                null,
                List.of(new ImageFile("000001.sst", 5, "0".repeat(64))));
        Path directory = Files.createDirectories(epoch.resolve("image").resolve("image." + index));
        Files.write(directory.resolve(ImageManifest.FILE), ManifestCodec.encode(manifest));
        return directory;
    }

    @Test
    void newestStateComesBeforeTheImagesAndTheseTheNewestFirst() throws IOException {
        assertThat(files.states(epoch)).isEmpty();
        Path older = image(9);
        Path newer = image(10);
        Files.createFile(image(11).resolve("UNSOUND"));
        Files.delete(image(12).resolve(ImageManifest.FILE));
        assertThat(files.states(epoch)).containsExactly(newer, older);

        Path first = Files.createDirectory(epoch.resolve("state"));
        assertThat(files.states(epoch)).containsExactly(first, newer, older);
        Path second = Files.createDirectory(epoch.resolve("state.2"));
        assertThat(files.states(epoch)).containsExactly(second, newer, older);
    }
}
