package io.metastore.snapshot.image;

import io.metastore.api.Progress.Unit;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes the files of an image into a zip file, manifest first, and checks them on the way. Used by one thread. */
final class ArchiveWriter {

    private static final String STEP = "writing the archive";
    /** Table files are compressed already: what deflate still finds, it finds at its lowest level. */
    private static final int LEVEL = 1;
    /** The beginning of zip's time. Entries carry no time of their own: the same image gives the same bytes. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final FileLayer layer;
    private final PersistedImage image;
    private final ImageProgress progress;
    private long done;

    ArchiveWriter(FileLayer layer, PersistedImage image, ImageProgress progress) {
        this.layer = layer;
        this.image = image;
        this.progress = progress;
    }

    /**
     * Writes everything into a new file; not forced yet.
     *
     * @throws io.metastore.api.CorruptStateException a file is not what the manifest says
     */
    void write(Path archive) throws IOException {
        ImageFiles.checkNames(layer, image.directory(), image.manifest());
        LayerOutputStream out = new LayerOutputStream(layer, archive);
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setLevel(LEVEL);
            begin(zip, ImageManifest.FILE);
            zip.write(ManifestCodec.encode(image.manifest()));
            zip.closeEntry();
            for (ImageFile file : image.manifest().files()) {
                begin(zip, file.name());
                copy(file, zip);
                zip.closeEntry();
            }
            zip.finish();
            out.flush();
        }
    }

    private static void begin(ZipOutputStream zip, String name) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
    }

    private void copy(ImageFile file, ZipOutputStream zip) throws IOException {
        Path path = image.directory().resolve(file.name());
        long total = image.manifest().bytes();
        Sha256 sha256 = new Sha256();
        long offset = 0;
        while (offset < file.bytes()) {
            byte[] bytes = layer.read(path, offset, (int) Math.min(FileLayer.COPY_BYTES, file.bytes() - offset));
            if (bytes.length == 0) {
                throw ImageErrors.damaged(image.directory(), file.name(), file.bytes() + " bytes", offset + " bytes");
            }
            sha256.update(bytes, bytes.length);
            zip.write(bytes);
            offset += bytes.length;
            done += bytes.length;
            progress.advanced(STEP, done, total, Unit.BYTES);
        }
        ImageFiles.checkDigest(image.directory(), file, sha256.hex());
    }
}
