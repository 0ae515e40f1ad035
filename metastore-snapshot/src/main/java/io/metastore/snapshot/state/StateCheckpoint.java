package io.metastore.snapshot.state;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint in a directory, with what the living state remembers of the moments that it may show. Immutable.
 *
 * @param directory where the checkpoint is
 * @param moments in order, without a gap
 */
public record StateCheckpoint(Path directory, List<Moment> moments) {

    /**
     * The state after one entry.
     *
     * @param sequence RocksDB's number of the entry's last write
     */
    public record Moment(long sequence, AppliedState state) {}

    public StateCheckpoint {
        moments = List.copyOf(moments);
    }

    /**
     * What the living state was when it had written so much. An entry is written as a whole, so it counts from its first write on.
     *
     * @param sequence the last write that the checkpoint contains; see {@link StateInspection#sequence}
     * @return null when it is not remembered
     */
    public @Nullable AppliedState live(long sequence) {
        boolean before = false;
        for (Moment moment : moments) {
            if (moment.sequence() >= sequence) {
                return before || moment.sequence() == sequence ? moment.state() : null;
            }
            before = true;
        }
        return null;
    }
}
