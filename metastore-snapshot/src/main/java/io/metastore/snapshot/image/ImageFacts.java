package io.metastore.snapshot.image;

import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.state.AppliedState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What whoever makes an image knows of it; the rest is read from the image.
 *
 * @param membership as this member knows it
 * @param created now
 * @param provenance how it came to be
 * @param origin where the store was imported from; null when it was not
 * @param recompute whether the fingerprint is computed from every record of the image as well, about a second for a million of them. It is in any case when
 *     the living state does not remember any more what the image should be
 */
public record ImageFacts(
        Membership membership,
        Instant created,
        Provenance provenance,
        @Nullable Origin origin,
        boolean recompute) {

    /** Of a checkpoint by a member. */
    public static ImageFacts checkpoint(String member, Membership membership, @Nullable Origin origin, Instant now) {
        return new ImageFacts(membership, now, new Provenance(Provenance.Kind.CHECKPOINT, member), origin, false);
    }

    /** The same, got in another way by the same member. */
    public ImageFacts as(Provenance.Kind kind) {
        return new ImageFacts(membership, created, new Provenance(kind, provenance.detail()), origin, recompute);
    }

    /** The manifest of an image of that state, in these files. */
    ImageManifest manifest(Lineage lineage, AppliedState at, List<ImageFile> files) {
        return new ImageManifest(
                lineage.clusterId(),
                lineage.store(),
                lineage.epoch(),
                at.position(),
                at.revision(),
                at.fingerprint(),
                membership,
                created,
                provenance,
                origin,
                files);
    }

    /** The same, every record read. */
    public ImageFacts recomputed() {
        return new ImageFacts(membership, created, provenance, origin, true);
    }
}
