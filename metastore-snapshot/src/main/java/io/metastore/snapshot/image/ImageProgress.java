package io.metastore.snapshot.image;

import io.metastore.api.Progress;

/** Hears how far work on an image has come, every megabyte or few thousand records. Called on the thread that does the work; must return at once. */
@FunctionalInterface
public interface ImageProgress {

    /** Does nothing. */
    ImageProgress NONE = (step, done, total, unit) -> {};

    /**
     * So much is done.
     *
     * @param step what is being done, a few words for people
     * @param done never falls within a step
     * @param total -1 when it is not known
     */
    void advanced(String step, long done, long total, Progress.Unit unit);
}
