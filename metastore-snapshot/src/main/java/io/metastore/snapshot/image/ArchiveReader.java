package io.metastore.snapshot.image;

import io.metastore.api.Progress.Unit;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Reads an exported file from front to back and trusts nothing in it: entries are what the manifest lists, each once, with their length and digest. No name is
 * taken from the archive, and no more bytes than the manifest says. Used by one thread.
 */
final class ArchiveReader implements AutoCloseable {

    /** Takes the files in the order in which they come. An {@link IOException} is about the place they go to. */
    interface Sink {

        /** Takes nothing in. */
        Sink NONE = new Sink() {
            @Override
            public void begin(ImageFile file) {}

            @Override
            public void bytes(byte[] bytes) {}

            @Override
            public void end(ImageFile file) {}
        };

        void begin(ImageFile file) throws IOException;

        void bytes(byte[] bytes) throws IOException;

        /** The file is complete and its digest right. */
        void end(ImageFile file) throws IOException;
    }

    private static final int CHUNK_BYTES = 256 << 10;
    /** Deflate makes no more of a byte. */
    private static final long INFLATION_MAX = 1032;

    private static final int SHOWN_MAX = 128;

    private final FileLayer layer;
    private final Path archive;
    private final LayerInputStream source;
    private final ZipInputStream zip;
    private final ImageManifest manifest;
    /** For all entries: an archive may have tens of thousands of small ones. */
    private final byte[] chunk = new byte[CHUNK_BYTES];

    private ArchiveReader(FileLayer layer, Path archive) {
        this.layer = layer;
        this.archive = archive;
        this.source = new LayerInputStream(layer, archive);
        this.zip = new ZipInputStream(source);
        boolean read = false;
        try {
            this.manifest = parsed(this::readManifest);
            read = true;
        } finally {
            if (!read) {
                close();
            }
        }
    }

    /** Work on the bytes of the archive. */
    private interface Parsing<T> {
        T run() throws IOException;
    }

    /** An I/O error of the place where files go, which is not one of the archive. */
    private static final class SinkException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final IOException failure;

        SinkException(IOException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    /** Opens an archive and reads its manifest. */
    static ArchiveReader open(FileLayer layer, Path archive) {
        try {
            Kind kind = layer.kind(archive);
            if (kind != Kind.FILE) {
                throw ImageErrors.damaged(archive, ".", Kind.FILE, kind);
            }
        } catch (IOException e) {
            throw ImageErrors.unusable("open", archive, e);
        }
        return new ArchiveReader(layer, archive);
    }

    ImageManifest manifest() {
        return manifest;
    }

    /**
     * Reads everything else.
     *
     * @param step for the progress
     * @throws IOException from the sink
     */
    void readFiles(Sink sink, String step, ImageProgress progress) throws IOException {
        try {
            parsed(() -> {
                readEntries(sink, step, progress);
                return manifest;
            });
        } catch (SinkException e) {
            throw e.failure;
        }
    }

    private <T> T parsed(Parsing<T> parsing) {
        try {
            return parsing.run();
        } catch (IOException | IllegalArgumentException e) { // The latter for names that are no text.
            IOException failure = source.failure();
            if (failure != null) {
                throw ImageErrors.unusable("read", archive, failure);
            }
            throw ImageErrors.damaged(archive, ".", "an archive of an image", String.valueOf(e.getMessage()), e);
        }
    }

    private ImageManifest readManifest() throws IOException {
        ZipEntry first = zip.getNextEntry();
        if (first == null || !first.getName().equals(ImageManifest.FILE)) {
            throw ImageErrors.damaged(
                    archive, ImageManifest.FILE, "first entry", first == null ? "none" : shown(first.getName()));
        }
        byte[] bytes = zip.readNBytes(ManifestCodec.BYTES_MAX + 1); // One more is refused by the codec.
        return ManifestCodec.decode(archive.resolve(ImageManifest.FILE), bytes);
    }

    private void readEntries(Sink sink, String step, ImageProgress progress) throws IOException {
        checkSizes();
        Map<String, ImageFile> left = new LinkedHashMap<>();
        manifest.files().forEach(file -> left.put(file.name(), file));
        long total = manifest.bytes();
        long done = 0;
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            ImageFile file = left.remove(entry.getName());
            if (file == null) {
                throw ImageErrors.damaged(
                        archive, shown(entry.getName()), "an entry of the manifest that did not come yet", "this one");
            }
            done = readEntry(file, sink, step, done, total, progress);
        }
        if (!left.isEmpty()) {
            ImageFile missing = left.values().iterator().next();
            throw ImageErrors.damaged(archive, missing.name(), missing.bytes() + " bytes", "no such entry");
        }
        ArchiveEnd.check(layer, archive, manifest.files().size() + 1);
    }

    /** Refuses sizes that the archive cannot hold, before anything is written. */
    private void checkSizes() throws IOException {
        long left = Math.multiplyExact(layer.size(archive), INFLATION_MAX);
        for (ImageFile file : manifest.files()) {
            left -= file.bytes();
            if (left < 0) {
                throw ImageErrors.damaged(
                        archive, file.name(), "no more than the archive can hold", file.bytes() + " bytes");
            }
        }
    }

    private long readEntry(ImageFile file, Sink sink, String step, long before, long total, ImageProgress progress)
            throws IOException {
        Sha256 sha256 = new Sha256();
        long found = 0;
        sinking(() -> sink.begin(file));
        for (int count = read(file.bytes()); count > 0; count = read(file.bytes() - found)) {
            found += count;
            if (found > file.bytes()) {
                throw ImageErrors.damaged(archive, file.name(), file.bytes() + " bytes", "more");
            }
            sha256.update(chunk, count);
            byte[] bytes = Arrays.copyOf(chunk, count);
            sinking(() -> sink.bytes(bytes));
            progress.advanced(step, before + found, total, Unit.BYTES);
        }
        if (found != file.bytes()) {
            throw ImageErrors.damaged(archive, file.name(), file.bytes() + " bytes", found + " bytes");
        }
        ImageFiles.checkDigest(archive, file, sha256.hex());
        sinking(() -> sink.end(file));
        return before + found;
    }

    /**
     * As much as fits (the stream itself gives half a kilobyte at a time), and at most one byte more than wanted, which shows that there are too many.
     *
     * @return 0 at the end, where the entry's own checksum was right
     */
    private int read(long wanted) throws IOException {
        return zip.readNBytes(chunk, 0, (int) Math.min(chunk.length, wanted + 1));
    }

    private interface Sinking {
        void run() throws IOException;
    }

    private static void sinking(Sinking work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new SinkException(e);
        }
    }

    /** A name out of an archive, fit to be shown. */
    private static String shown(String name) {
        String text = name.length() <= SHOWN_MAX ? name : name.substring(0, SHOWN_MAX) + "..";
        return "'" + text.replaceAll("[^ -~]", "?") + "'";
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new IllegalStateException("nothing is open in the file layer: archive=" + archive, e);
        }
    }
}
