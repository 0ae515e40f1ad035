package io.metastore.raft.internal.transfer;

import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.PersistedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Prints how fast an image comes over each kind of network: {@code ImageTransferRates [megabytes] [rounds]}. Not a test. */
final class ImageTransferRates {

    private ImageTransferRates() {}

    public static void main(String[] arguments) throws Exception {
        int megabytes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        Path directory = Files.createTempDirectory("image-rates");
        try {
            for (ImageCluster.Network network : ImageCluster.Network.values()) {
                measure(network, directory.resolve(network.name()), megabytes, rounds);
            }
        } finally {
            new DiskFileLayer().deleteTree(directory);
        }
    }

    private static void measure(ImageCluster.Network network, Path directory, int megabytes, int rounds)
            throws Exception {
        try (ImageCluster cluster = new ImageCluster(network, directory, "n1", "n3")) {
            ImageMember n1 = cluster.open("n1");
            ImageMember n3 = cluster.open("n3");
            ImageManifest sent = n1.make(200, megabytes << 20);
            for (int round = 1; round <= rounds; round++) {
                n3.progress.clear();
                long start = System.nanoTime();
                PersistedImage image =
                        n3.fetcher(FetchSettings.defaults()).fetch(1).get(10, TimeUnit.MINUTES);
                double seconds = (System.nanoTime() - start) / 1e9;
                System.out.printf(
                        Locale.ROOT,
                        "image: network=%s round=%d bytes=%d files=%d seconds=%.2f MBps=%.0f%n",
                        network,
                        round,
                        sent.bytes(),
                        sent.files().size(),
                        seconds,
                        sent.bytes() / seconds / 1e6);
                new DiskFileLayer().deleteTree(image.directory());
                n3.store.recheck();
            }
        }
    }
}
