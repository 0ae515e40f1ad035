package io.metastore.snapshot.image;

import io.metastore.api.MemberAddress;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.image.ImageVerification.Depth;
import java.lang.management.ManagementFactory;
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
            measure(
                    "verify " + depth,
                    bytes,
                    () -> ImageVerification.verify(TestImages.DISK, image, depth, ImageProgress.NONE));
        }
        Path archive = base.resolve("a.msimage");
        measure("export", bytes, () -> ImageArchive.export(TestImages.DISK, image, archive, ImageProgress.NONE));
        System.out.printf(
                "archive: %,d bytes of %,d, ratio %.3f%n",
                Files.size(archive), bytes, (double) Files.size(archive) / bytes);
        measure("verify archive", bytes, () -> ImageArchive.verify(TestImages.DISK, archive, ImageProgress.NONE));
        Path member = base.resolve("member");
        measure("import", bytes, () -> importInto(member, archive));
        Trees.delete(member);
        Files.delete(archive);
    }

    private static void importInto(Path member, Path archive) {
        MemberAddress self = MemberAddress.voter("fe1", "10.0.1.1:9010");
        Identity identity = Identity.member(
                ClusterIds.clusterIdOf(List.of(self), ClusterIds.NO_TOKEN),
                ClusterIds.NO_TOKEN,
                Clock.systemUTC().instant(),
                self);
        try (MemberDirectory directory =
                MemberDirectory.open(TestImages.DISK, member, Expectation.member(self, ClusterIds.NO_TOKEN))) {
            ImageImport content = ImageImport.of(TestImages.DISK, archive, Clock.systemUTC(), ImageProgress.NONE);
            directory.initialize(identity, Membership.bootstrap(List.of(self), identity), content);
        }
    }

    /** All of it is done by this thread, whose processor time says more than the clock on a busy machine. */
    private static void measure(String what, long bytes, Runnable work) {
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpuSeconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e9;
        System.out.printf(
                "%s: %.2f s, %.0f MB/s; processor %.2f s, %.0f MB/s%n",
                what, seconds, bytes / 1e6 / seconds, cpuSeconds, bytes / 1e6 / cpuSeconds);
    }
}
