package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;

/** What is done with the journal of a group whose engine is not running. */
public final class JournalAtRest {

    private JournalAtRest() {}

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
