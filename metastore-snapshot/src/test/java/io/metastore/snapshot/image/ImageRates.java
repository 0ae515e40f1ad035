package io.metastore.snapshot.image;

import io.metastore.api.MemberAddress;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.image.ImageVerification.Depth;
import io.metastore.snapshot.image.ImageVerification.Verified;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Measures verification, export and import. Not a test: run its main with a directory on the disk that counts, records, and bytes of a value. */
final class ImageRates {

    private ImageRates() {}

    public static void main(String[] arguments) throws Exception {
        Path base = Path.of(arguments[0]).toAbsolutePath().resolve("image-rates");
        int records = Integer.parseInt(arguments[1]);
        int valueBytes = Integer.parseInt(arguments[2]);
        if (Files.exists(base)) {
            Trees.delete(base);
        }
        Files.createDirectories(base);
        PersistedImage image = TestImages.real(base, records, valueBytes);
        for (int round = 0; round < 3; round++) {
            round(base, image);
        }
        Trees.delete(base);
    }

    private static void round(Path base, PersistedImage image) throws Exception {
        long bytes = image.manifest().bytes();
        for (Depth depth : Depth.values()) {
            Verified verified = ImageVerification.verify(TestImages.DISK, image, depth, ImageProgress.NONE);
            print("verify " + depth, bytes, verified.duration().toNanos());
        }
        Path archive = base.resolve("a.msimage");
        ImageArchive.Exported exported = ImageArchive.export(TestImages.DISK, image, archive, ImageProgress.NONE);
        print("export", bytes, exported.duration().toNanos());
        System.out.printf(
                "archive: %,d bytes of %,d, ratio %.3f%n", exported.bytes(), bytes, (double) exported.bytes() / bytes);
        print(
                "verify archive",
                bytes,
                ImageArchive.verify(TestImages.DISK, archive, ImageProgress.NONE)
                        .duration()
                        .toNanos());

        MemberAddress self = MemberAddress.voter("fe1", "10.0.1.1:9010");
        Identity identity = Identity.member(
                ClusterIds.clusterIdOf(List.of(self), ClusterIds.NO_TOKEN),
                ClusterIds.NO_TOKEN,
                Clock.systemUTC().instant(),
                self);
        Path member = base.resolve("member");
        long start = System.nanoTime();
        try (MemberDirectory directory =
                MemberDirectory.open(TestImages.DISK, member, Expectation.member(self, ClusterIds.NO_TOKEN))) {
            ImageImport content = ImageImport.of(TestImages.DISK, archive, Clock.systemUTC(), ImageProgress.NONE);
            directory.initialize(identity, Membership.bootstrap(List.of(self), identity), content);
        }
        print("import", bytes, System.nanoTime() - start);
        Trees.delete(member);
        Files.delete(archive);
    }

    private static void print(String what, long bytes, long nanos) {
        System.out.printf("%s: %.2f s, %.0f MB/s%n", what, nanos / 1e9, bytes / 1e6 / (nanos / 1e9));
    }
}
