package io.metastore.raft.internal.engine;

import io.metastore.api.LogPosition;
import java.io.IOException;

/** A journal that no engine has open; it need not exist. For one thread at a time. */
public interface StoppedJournal {

    /** How far it reaches, as the names of its files tell. Reads a few bytes of each. */
    JournalExtent extent() throws IOException;

    /**
     * Whether a state at this position can be continued by it: as {@link JournalExtent#fit} says, and besides whether the entry at that position, where the
     * journal must have it, is there and is the one the state was made from. Reads one file up to that entry.
     */
    JournalFit fit(LogPosition state) throws IOException;

    /**
     * Gives it up when it ends before an image that came from another member, so that it goes on behind the image; nothing when it reaches to the image, or is being
     * cut to one already. What is not known to be committed is kept beside it. Durable when it returns.
     *
     * @return how far it reaches then
     */
    JournalExtent cutTo(LogPosition image) throws IOException;
}
