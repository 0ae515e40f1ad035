package io.metastore.snapshot.image;

import java.util.UUID;

/**
 * Whose images belong together.
 *
 * @param clusterId the cluster
 * @param store the store in it
 * @param epoch of the cluster; an image of another one is not of this journal
 */
public record Lineage(UUID clusterId, String store, long epoch) {

    /** Whether an image is of this lineage. */
    public boolean contains(ImageManifest manifest) {
        return manifest.clusterId().equals(clusterId) && manifest.store().equals(store) && manifest.epoch() == epoch;
    }
}
