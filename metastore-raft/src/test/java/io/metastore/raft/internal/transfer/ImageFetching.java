package io.metastore.raft.internal.transfer;

import io.metastore.api.MetastoreException;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.PersistedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Members that fetch images from each other, once over each kind of network. Member n3 receives. */
@ParameterizedClass
@EnumSource(ImageCluster.Network.class)
@Timeout(120)
abstract class ImageFetching {

    static final int CHUNK = 8 << 10;
    static final int WINDOW = 4;
    static final int IMAGE_BYTES = 600_000;
    static final FetchSettings SETTINGS = new FetchSettings(
            TokenBucket.UNLIMITED,
            CHUNK,
            WINDOW,
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofMillis(10),
            Duration.ofMillis(80),
            8,
            3);

    @TempDir
    Path directory;

    @Parameter
    ImageCluster.Network network;

    ImageCluster cluster;
    ImageMember n1;
    ImageMember n2;
    ImageMember n3;

    @BeforeEach
    final void open() throws IOException {
        cluster = new ImageCluster(network, directory, "n1", "n2", "n3", "n4");
        n1 = cluster.open("n1");
        n2 = cluster.open("n2");
        n3 = cluster.open("n3");
    }

    @AfterEach
    final void close() {
        cluster.close();
    }

    /** The image, or what it failed with. */
    final PersistedImage fetch(ImageMember member, long needed) throws Exception {
        try (ImageFetcher fetcher = member.fetcher(SETTINGS)) {
            return fetcher.fetch(needed).get(100, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MetastoreException cause) {
                throw cause;
            }
            throw e;
        }
    }

    static List<String> names(Path path) throws IOException {
        return RealImages.list(path).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    static ImageFile largest(ImageManifest manifest) {
        return manifest.files().stream()
                .max(Comparator.comparing(ImageFile::bytes))
                .orElseThrow();
    }
}
