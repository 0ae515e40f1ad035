package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** What is done with the journal of a group whose engine is not running. */
public final class JournalAtRest {

    private JournalAtRest() {}

    /** How far the journal in that directory reaches. Need not exist. */
    public static JournalExtent extent(FileLayer layer, Path directory, UUID group) throws IOException {
        return new JournalDirectory(layer, directory, group).extent();
    }

    /**
     * Gives up a journal that ends before an image that came from another member, so that it goes on behind the image; nothing when it reaches to the image, or is
     * being cut to one already. Durable when it returns.
     *
     * @return how far the journal reaches then
     */
    public static JournalExtent cutTo(
            FileLayer layer, Path directory, UUID group, RatisSettings.Limits limits, LogPosition image)
            throws IOException {
        return new JournalCut(new JournalDirectory(layer, directory, group), limits).run(image);
    }

    /**
     * Makes the only voter of a group another member of it: from then on it is started as {@link RatisSettings#self()}, with the address in {@link
     * RatisSettings#peers()}. Idempotent; cut off at any point it is still the old member or already the new one.
     *
     * @throws EngineException {@link EngineException.Kind#CHANGE_INVALID} when the group has other members or no journal; nothing was changed
     */
    public static void reidentify(FileLayer layer, RatisSettings settings) throws IOException {
        new Reidentification(layer, settings).run();
    }
}
