package io.metastore.recovery.internal.survey;

import io.metastore.api.MetastoreException;
import io.metastore.recovery.survey.Depth;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.SurveyedImage;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.image.ImageArchive;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ImageProgress;
import io.metastore.snapshot.image.ImageVerification;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.PersistedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads images: those in a member's directory, one alone, or an exported file. */
public final class ImageReader {
    private static final Pattern NAME = Pattern.compile("image\\.(0|[1-9][0-9]{0,17})");
    private static final String UNSOUND = "UNSOUND";

    private final FileLayer layer;
    private final Findings findings;
    private final Depth depth;

    /** Reads to a depth. */
    public ImageReader(FileLayer layer, Depth depth, Findings findings) {
        this.layer = layer;
        this.depth = depth;
        this.findings = findings;
    }

    /**
     * An image with its manifest.
     *
     * @param manifest null when it cannot be read
     */
    public record Read(SurveyedImage image, @Nullable ImageManifest manifest) {}

    /** All in a directory of images, newest first, those without a manifest last. */
    public List<Read> all(Path images) {
        List<Read> all = new ArrayList<>();
        try {
            if (layer.kind(images) == Kind.DIRECTORY) {
                for (String name : layer.list(images)) {
                    Path image = images.resolve(name);
                    if (NAME.matcher(name).matches()) {
                        read(image).ifPresent(all::add);
                    }
                }
            } else if (layer.kind(images) != Kind.ABSENT) {
                findings.add(Finding.Kind.IMAGE, images, "expected: a directory found: " + layer.kind(images));
            }
        } catch (IOException e) {
            findings.add(Finding.Kind.IMAGE, images, "cannot be read: " + e);
        }
        all.sort(Comparator.comparingLong((Read each) -> each.manifest() == null
                        ? -1
                        : each.manifest().position().index())
                .reversed());
        return all;
    }

    /** Empty for one that the running member deleted, before it was read or meanwhile: what was missing then is no damage. */
    private Optional<Read> read(Path image) throws IOException {
        Read read = look(image);
        if (layer.kindOfName(image) == Kind.ABSENT) {
            return Optional.empty();
        }
        return Optional.of(noted(image, read));
    }

    /** One in its directory. */
    public Read one(Path image) {
        return noted(image, look(image));
    }

    private Read noted(Path path, Read read) {
        read.image().flaw().ifPresent(flaw -> findings.add(Finding.Kind.IMAGE, path, flaw));
        return read;
    }

    private Read look(Path image) {
        ImageManifest manifest = null;
        try {
            Path file = image.resolve(ImageManifest.FILE);
            if (layer.kind(file) != Kind.FILE) {
                return flawed(image, null, "expected: " + ImageManifest.FILE + " found: " + layer.kind(file));
            }
            manifest = ManifestCodec.decode(file, layer.read(file));
            String flaw = flaw(image, manifest);
            if (flaw != null) {
                return flawed(image, manifest, flaw);
            }
            if (depth == Depth.FULL) {
                ImageVerification.verify(
                        layer, new PersistedImage(image, manifest), ImageVerification.Depth.FULL, ImageProgress.NONE);
            }
            return new Read(surveyed(image, manifest, null), manifest);
        } catch (IOException e) {
            return flawed(image, manifest, "cannot be read: " + e);
        } catch (MetastoreException e) {
            return flawed(image, manifest, String.valueOf(e.getMessage()));
        }
    }

    /** One in an exported file. */
    public Read archive(Path file) {
        ImageManifest manifest = null;
        try {
            manifest = ImageArchive.describe(layer, file);
            if (depth == Depth.FULL) {
                ImageArchive.verify(layer, file, ImageProgress.NONE);
            }
            return new Read(surveyed(file, manifest, null), manifest);
        } catch (MetastoreException e) {
            return noted(file, flawed(file, manifest, String.valueOf(e.getMessage())));
        }
    }

    /** What shows without reading the files; null when nothing does. */
    private @Nullable String flaw(Path image, ImageManifest manifest) throws IOException {
        Matcher name = NAME.matcher(String.valueOf(image.getFileName()));
        if (name.matches()
                && Long.parseLong(name.group(1)) != manifest.position().index()) {
            return "expected: the index of its name found: " + manifest.position();
        }
        Set<String> names = new HashSet<>(layer.list(image));
        if (names.contains(UNSOUND)) {
            return "it was found to be damaged: " + reason(image.resolve(UNSOUND));
        }
        names.remove(ImageManifest.FILE);
        for (ImageFile file : manifest.files()) {
            if (!names.remove(file.name())) {
                return file.name() + ": expected: " + file.bytes() + " bytes found: no such file";
            }
            long found = layer.size(image.resolve(file.name()));
            if (found != file.bytes()) {
                return file.name() + ": expected: " + file.bytes() + " bytes found: " + found + " bytes";
            }
        }
        return names.isEmpty() ? null : "expected: no files but those of its manifest found: " + names;
    }

    /** The mark counts also when it cannot be read. */
    private String reason(Path mark) throws IOException {
        try {
            return Facts.read(mark, layer.read(mark), "metastore-unsound", 1).text("reason");
        } catch (MetastoreException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private Read flawed(Path path, @Nullable ImageManifest manifest, String flaw) {
        return new Read(surveyed(path, manifest, flaw), manifest);
    }

    private SurveyedImage surveyed(Path path, @Nullable ImageManifest manifest, @Nullable String flaw) {
        Optional<SurveyedImage.Contents> contents = Optional.ofNullable(manifest)
                .map(each ->
                        new SurveyedImage.Contents(each.position(), each.revision(), each.fingerprint(), each.bytes()));
        return new SurveyedImage(path, contents, Optional.ofNullable(flaw), depth == Depth.FULL && flaw == null);
    }
}
