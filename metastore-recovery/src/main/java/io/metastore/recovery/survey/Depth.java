package io.metastore.recovery.survey;

/** How thoroughly a copy is looked at. */
public enum Depth {
    /** Every byte of the journal; of a state what it says of itself; of images their manifests and the lengths of files. */
    QUICK,
    /** And every block and record of states and images, compared with digests and fingerprints. */
    FULL
}
