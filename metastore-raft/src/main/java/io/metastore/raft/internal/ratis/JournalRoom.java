package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** A place for the files of a journal that no engine has written there. */
public final class JournalRoom {

    private final FileLayer files;
    private final JournalDirectory room;

    /** The directory need not exist. */
    public JournalRoom(FileLayer files, Path directory, UUID group) {
        this.files = files;
        this.room = new JournalDirectory(files, directory, group);
    }

    /**
     * Creates what is missing. Durable when it returns.
     *
     * @param before what the files that are put there go on behind; {@link LogPosition#NONE} when they begin with the first entry
     */
    public void prepare(LogPosition before) throws IOException {
        files.createDirectories(room.entries());
        room.begin().write(before.index() < 0 ? JournalBegin.UNCUT : JournalBegin.behind(before));
    }

    /** Makes durable which files are there. */
    public void force() throws IOException {
        room.force();
    }
}
