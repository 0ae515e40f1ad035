package io.metastore.recovery.inspect;

import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.EntryVisitor.Kind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An entry of a journal, taken apart. That it is there does not say that it was committed: of the last ones of a journal nobody knows without the other
 * members.
 *
 * @param position term and index
 * @param kind what it is for
 * @param file it is in
 * @param offset in the file, of what it says
 * @param bytes length of what it says
 * @param content what it says
 */
public record InspectedEntry(LogPosition position, Kind kind, Path file, long offset, int bytes, EntryContent content) {

    /** When its leader put it into the journal; empty for entries that are no batch, which carry no time. */
    public Optional<Instant> time() {
        return content instanceof EntryContent.Batch batch ? Optional.of(batch.leaderTime()) : Optional.empty();
    }

    /** The transactions of a batch; empty for other entries. */
    public List<InspectedTransaction> transactions() {
        return content instanceof EntryContent.Batch batch ? batch.transactions() : List.of();
    }

    /** Position, place and what it says; a line, and one more for each transaction. */
    @Override
    public String toString() {
        return position + " " + file.getFileName() + ":" + offset + " " + content;
    }
}
