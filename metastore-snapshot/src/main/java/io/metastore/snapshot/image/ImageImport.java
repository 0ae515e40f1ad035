package io.metastore.snapshot.image;

import io.metastore.api.ConfigurationException;
import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.Progress.Unit;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.InitialContent;
import io.metastore.snapshot.image.Provenance.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings an exported image into the directory of a new member, under the identity of a new cluster: {@link
 * io.metastore.snapshot.files.MemberDirectory#initialize(io.metastore.snapshot.files.Identity, io.metastore.snapshot.files.Membership, InitialContent)}.
 *
 * <p>The files stay as they are, so that the digests and the fingerprint of the export still prove them. The manifest is new: cluster, epoch and membership are
 * those of the new cluster, position and revision those of the old one, which its {@link Origin} names. So revisions never go back, and the new journal
 * begins behind the position. Used by one thread, once.
 */
public final class ImageImport implements InitialContent {

    /** What proves the state in a directory; a test without RocksDB has another. */
    @FunctionalInterface
    interface StateProof {
        /** Throws when it is not the one that the manifest describes. */
        void check(FileLayer layer, Path directory, ImageManifest manifest, ImageProgress progress);
    }

    private static final String EXTRACTED = "image.importing";
    private static final String STEP_EXTRACT = "extracting the archive";
    private static final String STEP_READ_BACK = "reading the files back";
    private static final int DETAIL_MAX = 255;

    private final Path archive;
    private final Clock clock;
    private final ImageProgress progress;
    private final StateProof stateProof;
    private final ImageManifest source;
    private @Nullable PersistedImage image;

    private ImageImport(
            Path archive, Clock clock, ImageProgress progress, StateProof stateProof, ImageManifest source) {
        this.archive = archive;
        this.clock = clock;
        this.progress = progress;
        this.stateProof = stateProof;
        this.source = source;
    }

    /**
     * Looks at an exported file; only its manifest is read yet.
     *
     * @throws CorruptStateException it is damaged, or no archive of an image
     * @throws DirectoryUnusableException it cannot be read
     */
    public static ImageImport of(FileLayer layer, Path archive, Clock clock, ImageProgress progress) {
        return of(layer, archive, clock, progress, ImageVerification::verifyState);
    }

    static ImageImport of(FileLayer layer, Path archive, Clock clock, ImageProgress progress, StateProof stateProof) {
        Path file = archive.toAbsolutePath();
        return new ImageImport(file, clock, progress, stateProof, ImageArchive.describe(layer, file));
    }

    /** The manifest as it was exported. */
    public ImageManifest source() {
        return source;
    }

    /** Digest of what it brings, see {@link ContentDigest}; tells two files apart, and is the same for copies of one. */
    public String contentDigest() {
        return ContentDigest.of(source);
    }

    /** The image under its new identity; once it was written. */
    public PersistedImage image() {
        if (image == null) {
            throw new IllegalStateException("nothing was imported yet: archive=" + archive);
        }
        return image;
    }

    /**
     * Extracts, verifies and publishes.
     *
     * @throws CorruptStateException the archive is damaged, or holds another state than it says
     * @throws ConfigurationException it was exported from the cluster it is to be imported into
     * @throws DirectoryUnusableException there is not enough space, or the archive cannot be read
     */
    @Override
    public void write(FileLayer layer, Place place) throws IOException {
        checkOtherCluster(place);
        checkSpace(layer, place);
        Path extracted = place.images().resolve(EXTRACTED);
        layer.createDirectory(extracted);
        try (ArchiveReader reader = ArchiveReader.open(layer, archive)) {
            if (!reader.manifest().equals(source)) {
                throw ImageErrors.damaged(archive, ImageManifest.FILE, source, reader.manifest());
            }
            reader.readFiles(new Extraction(layer, extracted), STEP_EXTRACT, progress);
        }
        checkReadsBack(layer, extracted);
        stateProof.check(layer, extracted, source, progress);
        Path published = place.images().resolve("image." + source.position().index());
        image = Publication.publish(layer, extracted, published, manifest(place));
    }

    /** An epoch 1 of the old cluster beside its later ones would be two journals that take each other for their own. */
    private void checkOtherCluster(Place place) {
        Origin origin = source.origin();
        if (source.clusterId().equals(place.clusterId())
                || (origin != null && origin.clusterId().equals(place.clusterId()))) {
            throw new ConfigurationException(
                    "an image is imported into another cluster than those it comes from: file=" + archive
                            + " clusterId=" + place.clusterId()
                            + "; nothing was changed; give the new cluster an id of its own");
        }
    }

    private void checkSpace(FileLayer layer, Place place) throws IOException {
        long usable = layer.usableSpace(place.images());
        if (source.bytes() > usable) {
            throw new DirectoryUnusableException("there is not enough space for an import: directory=" + place.images()
                    + " neededBytes=" + source.bytes() + " usableBytes=" + usable
                    + "; nothing was changed; free space on its file system, or choose another");
        }
    }

    private void checkReadsBack(FileLayer layer, Path extracted) throws IOException {
        long total = source.bytes();
        AtomicLong done = new AtomicLong();
        LongConsumer read = bytes -> progress.advanced(STEP_READ_BACK, done.addAndGet(bytes), total, Unit.BYTES);
        for (ImageFile file : source.files()) {
            ImageFiles.checkContents(layer, extracted, file, read);
        }
    }

    private ImageManifest manifest(Place place) {
        return new ImageManifest(
                place.clusterId(),
                place.store(),
                place.membership().epoch(),
                source.position(),
                source.revision(),
                source.fingerprint(),
                place.membership(),
                source.created(),
                new Provenance(Kind.IMPORTED, fileName()),
                new Origin(source.clusterId(), source.epoch(), source.position(), source.revision(), clock.instant()),
                source.files());
    }

    /** Fit for one line. */
    private String fileName() {
        String name = String.valueOf(archive.getFileName()).replaceAll("\\p{Cntrl}", "?");
        return name.length() <= DETAIL_MAX ? name : name.substring(0, DETAIL_MAX);
    }

    /** Writes what comes out of the archive into a directory; each file is forced. */
    private static final class Extraction implements ArchiveReader.Sink {

        private final FileLayer layer;
        private final Path directory;
        private @Nullable Path file;
        private long offset;

        Extraction(FileLayer layer, Path directory) {
            this.layer = layer;
            this.directory = directory;
        }

        @Override
        public void begin(ImageFile next) throws IOException {
            file = directory.resolve(next.name());
            offset = 0;
            layer.write(file, 0, new byte[0]);
        }

        @Override
        public void bytes(byte[] bytes) throws IOException {
            layer.write(begun(), offset, bytes);
            offset += bytes.length;
        }

        @Override
        public void end(ImageFile complete) throws IOException {
            layer.force(begun());
        }

        private Path begun() {
            if (file == null) {
                throw new IllegalStateException("bytes before a file: directory=" + directory);
            }
            return file;
        }
    }
}
