package io.metastore.raft.internal.engine;

import io.metastore.api.LogPosition;

/**
 * What a member's journal was when it was opened, before this member could add to it or hear of more.
 *
 * @param committed highest index that it proved to be committed; -1 when it proved nothing
 * @param last its last entry, committed or not; in a journal without entries the one it goes on behind
 */
public record JournalFound(long committed, LogPosition last) {

    /** Nothing, or no journal was opened. */
    public static final JournalFound NONE = new JournalFound(-1, LogPosition.NONE);
}
