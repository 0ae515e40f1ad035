package io.metastore.recovery.survey;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image, or what has the name of one.
 *
 * @param path its directory, or the exported file
 * @param contents what its manifest says; empty when that cannot be read
 * @param flaw what is wrong with it; empty when it is sound as far as it was looked at
 * @param verified whether contents were compared with their digests, and not only the lengths of files
 */
public record SurveyedImage(Path path, Optional<Contents> contents, Optional<String> flaw, boolean verified) {

    /**
     * What a manifest says.
     *
     * @param position last entry contained in it, which is committed
     * @param revision at that position
     * @param fingerprint at that position
     * @param bytes of its files
     */
    public record Contents(LogPosition position, Revision revision, String fingerprint, long bytes) {}

    /** Whether it can be used, as far as it was looked at. */
    public boolean sound() {
        return contents.isPresent() && flaw.isEmpty();
    }
}
