package io.metastore.snapshot.image;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.Membership;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A manifest with one thing changed. */
record Fields(ImageManifest from) {

    ImageManifest position(LogPosition position) {
        return with(lineage(), position, from.revision(), from.fingerprint(), from.files());
    }

    ImageManifest revision(Revision revision) {
        return with(lineage(), from.position(), revision, from.fingerprint(), from.files());
    }

    ImageManifest fingerprint(String fingerprint) {
        return with(lineage(), from.position(), from.revision(), fingerprint, from.files());
    }

    ImageManifest lineage(Lineage lineage) {
        return with(lineage, from.position(), from.revision(), from.fingerprint(), from.files());
    }

    ImageManifest files(List<ImageFile> files) {
        return with(lineage(), from.position(), from.revision(), from.fingerprint(), files);
    }

    /** Another file in place of one, or none. */
    ImageManifest file(int at, @Nullable ImageFile file) {
        List<ImageFile> files = new ArrayList<>(from.files());
        files.remove(at);
        if (file != null) {
            files.add(file);
        }
        return files(files);
    }

    ImageManifest membership() {
        Membership membership = from.membership();
        return told(
                new Membership(membership.epoch(), membership.formed(), membership.index() + 1, membership.members()),
                from.created(),
                from.origin());
    }

    ImageManifest created(Instant created) {
        return told(from.membership(), created, from.origin());
    }

    ImageManifest origin(Origin origin) {
        return told(from.membership(), from.created(), origin);
    }

    private Lineage lineage() {
        return new Lineage(from.clusterId(), from.store(), from.epoch());
    }

    private ImageManifest with(
            Lineage lineage, LogPosition position, Revision revision, String fingerprint, List<ImageFile> files) {
        return new ImageManifest(
                lineage.clusterId(),
                lineage.store(),
                lineage.epoch(),
                position,
                revision,
                fingerprint,
                from.membership(),
                from.created(),
                from.provenance(),
                from.origin(),
                files);
    }

    private ImageManifest told(Membership membership, Instant created, @Nullable Origin origin) {
        return new ImageManifest(
                from.clusterId(),
                from.store(),
                from.epoch(),
                from.position(),
                from.revision(),
                from.fingerprint(),
                membership,
                created,
                from.provenance(),
                origin,
                from.files());
    }
}
