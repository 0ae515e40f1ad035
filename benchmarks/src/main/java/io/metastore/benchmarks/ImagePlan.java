package io.metastore.benchmarks;

/** When a cluster makes images, and how long it keeps its journal. */
public enum ImagePlan {
    /** By itself, as its default settings say; a system that makes none makes none. */
    DEFAULT,
    /** Only when it is asked to, see {@link Images}; the journal before an image is then not kept for a member that is behind. */
    ON_REQUEST
}
