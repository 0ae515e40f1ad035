package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.raft.internal.engine.JournalFit;
import io.metastore.raft.internal.engine.StoppedJournal;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.ToLongFunction;

/** The files of a group on which no Ratis runs. */
public final class RatisJournal implements StoppedJournal {
    private final JournalDirectory directory;
    private final RatisSettings.Limits limits;
    private final ToLongFunction<ByteBuffer> commitHints;

    /**
     * @param directory as in {@link RatisSettings}
     * @param commitHints as {@link io.metastore.raft.internal.engine.JournalConsumer#commitHint}
     */
    public RatisJournal(
            FileLayer layer,
            Path directory,
            UUID group,
            RatisSettings.Limits limits,
            ToLongFunction<ByteBuffer> commitHints) {
        this.directory = new JournalDirectory(layer, directory, group);
        this.limits = limits;
        this.commitHints = commitHints;
    }

    /** How far the journal in that directory reaches. */
    public static JournalExtent extent(FileLayer layer, Path directory, UUID group) throws IOException {
        return new JournalDirectory(layer, directory, group).extent();
    }

    @Override
    public JournalExtent extent() throws IOException {
        return directory.extent();
    }

    @Override
    public JournalFit fit(LogPosition state) throws IOException {
        return new JournalLookup(directory, limits).fit(state);
    }

    @Override
    public JournalExtent cutTo(LogPosition image) throws IOException {
        return new JournalCut(directory, limits, commitHints).run(image);
    }
}
