package io.metastore.api;

/**
 * Hears how far long work has come: an open with replay, a checkpoint, the transfer of an image, an export, an import, a verification.
 *
 * <p>Called on the thread that does the work, about ten times a second while it lasts and once at its end, for one piece of work at a time in order, for
 * several at once from several threads. Must return soon. What it throws is logged and has no other effect.
 */
@FunctionalInterface
public interface ProgressListener {

    /** Does nothing. */
    ProgressListener NONE = progress -> {};

    void progress(Progress progress);
}
