package io.metastore.snapshot.image;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.Membership;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an image is, and what its files are.
 *
 * @param clusterId the cluster it belongs to
 * @param store name of the store in that cluster
 * @param epoch of the cluster when it was made; from 1
 * @param position last journal entry contained in it
 * @param revision at that position
 * @param fingerprint of the state, 32 hexadecimal digits
 * @param membership as the member that made it knew it
 * @param created when it was made; says nothing about which of two is newer
 * @param provenance how it came to be here
 * @param origin where the store was imported from; null when it was not
 * @param files sorted by name, unique
 */
public record ImageManifest(
        UUID clusterId,
        String store,
        long epoch,
        LogPosition position,
        Revision revision,
        String fingerprint,
        Membership membership,
        Instant created,
        Provenance provenance,
        @Nullable Origin origin,
        List<ImageFile> files) {

    /** Its name in the image's directory. */
    public static final String FILE = "MANIFEST";

    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern STORE = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    public ImageManifest {
        files = files.stream().sorted(Comparator.comparing(ImageFile::name)).toList();
        Set<String> names = new HashSet<>();
        for (ImageFile file : files) {
            if (!names.add(file.name())) {
                throw new IllegalArgumentException("a file is listed twice: name=" + file.name());
            }
        }
        if (epoch < 1
                || position.index() < 0
                || files.isEmpty()
                || !STORE.matcher(store).matches()
                || !FINGERPRINT.matcher(fingerprint).matches()) {
            throw new IllegalArgumentException("invalid manifest: store='" + store + "' epoch=" + epoch + " position="
                    + position + " fingerprint='" + fingerprint + "' files=" + files.size());
        }
    }

    /** Length of all files. */
    public long bytes() {
        return files.stream().mapToLong(ImageFile::bytes).sum();
    }

    /** The file of that name; null when there is none. */
    public @Nullable ImageFile file(String name) {
        return files.stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The same image, got in another way. */
    public ImageManifest withProvenance(Provenance other) {
        return new ImageManifest(
                clusterId, store, epoch, position, revision, fingerprint, membership, created, other, origin, files);
    }

    /** The same image as one of another epoch of its cluster, which goes on from it. */
    ImageManifest inEpoch(long other) {
        return new ImageManifest(
                clusterId,
                store,
                other,
                position,
                revision,
                fingerprint,
                membership,
                created,
                provenance,
                origin,
                files);
    }
}
