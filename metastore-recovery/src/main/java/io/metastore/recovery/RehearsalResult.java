package io.metastore.recovery;

import io.metastore.api.Revision;
import java.time.Duration;
import java.util.List;

/**
 * How a rehearsal went: the result was opened, led, and passed the application's checks.
 *
 * @param epoch that it began
 * @param revision of the state that was served
 * @param leftOut what was not taken over and why
 * @param took from the clone to the end of the checks
 */
public record RehearsalResult(long epoch, Revision revision, List<String> leftOut, Duration took) {

    public RehearsalResult {
        leftOut = List.copyOf(leftOut);
    }
}
