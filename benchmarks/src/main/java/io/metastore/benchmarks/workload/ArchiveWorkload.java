package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Images;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Function;

/** ARCHIVE and ARCHIVEC: an image is verified, exported to a file, and imported from it as a new store. Rates are bytes of the image per second. */
final class ArchiveWorkload {
    private static final int SAMPLES = 1_000;

    private final Cell cell;
    private final Settings settings;

    ArchiveWorkload(Cell cell) {
        this.cell = cell;
        this.settings = cell.settings();
    }

    /** A piece of work whose time counts. */
    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    Measurement measure() throws Exception {
        Function<SplittableRandom, byte[]> values =
                cell.workload() == Workload.ARCHIVEC ? Records::description : Records::value;
        Path file = cell.directory().resolve("archive");
        try (Cluster cluster = cell.open(ImagePlan.ON_REQUEST)) {
            long errors = Loading.load(cluster, settings.records(), settings.loaders(), values);
            Images images = cluster.images();
            images.makeAtLeader();
            double verified = seconds(images::verifyNewest);
            double exported = seconds(() -> images.exportNewest(file));
            Figures figures = sizes(images.newestBytes(), Files.size(file))
                    .with(Figure.VERIFY_SECONDS, verified)
                    .with(Figure.VERIFY_BYTES_PER_SECOND, images.newestBytes() / verified)
                    .with(Figure.EXPORT_SECONDS, exported)
                    .with(Figure.EXPORT_BYTES_PER_SECOND, images.newestBytes() / exported);
            return imported(images, file, figures, errors);
        }
    }

    private Figures sizes(long image, long archive) {
        return Figures.NONE
                .with(Figure.DATA_BYTES, (double) settings.records() * Records.bytes())
                .with(Figure.IMAGE_BYTES, image)
                .with(Figure.ARCHIVE_BYTES, archive)
                .with(Figure.COMPRESSED_RATIO, (double) archive / image);
    }

    /** Until the new store answers its first read. */
    private Measurement imported(Images images, Path file, Figures figures, long errors) throws Exception {
        Path directory = Files.createDirectories(cell.directory().resolve("imported"));
        long cpuBegin = ProcessResources.cpuNanos();
        long begin = System.nanoTime();
        try (Cluster store = images.importFrom(file, directory)) {
            byte[] first = store.readLocal(Records.key(0));
            Latencies importing = new Latencies();
            long elapsed = System.nanoTime() - begin;
            importing.record(elapsed);
            double cpuMicros = (ProcessResources.cpuNanos() - cpuBegin) / 1_000.0;
            return cell.measurement(
                    settings.records() * 1e9 / elapsed,
                    importing,
                    cpuMicros / settings.records(),
                    errors + (first == null ? 1 : 0) + Sampling.missing(store, settings.records(), SAMPLES),
                    figures.with(Figure.IMPORT_SECONDS, elapsed / 1e9)
                            .with(Figure.IMPORT_BYTES_PER_SECOND, images.newestBytes() * 1e9 / elapsed));
        }
    }

    private static double seconds(Work work) throws Exception {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e9;
    }
}
