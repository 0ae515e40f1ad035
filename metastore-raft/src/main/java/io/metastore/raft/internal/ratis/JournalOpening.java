package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.raft.internal.engine.JournalExtent.Fit;
import java.io.IOException;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.server.storage.RaftStorageMetadataFile;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a journal goes on where the state ends, before Ratis opens it. Ratis would begin an empty journal under any state, delete what ends
 * before the state, and wait for ever at a hole.
 */
final class JournalOpening {
    private static final Logger log = LoggerFactory.getLogger(JournalOpening.class);

    private final RatisSettings settings;
    private final JournalDirectory directory;

    /** The directory is claimed. */
    JournalOpening(RatisSettings settings, JournalDirectory directory) {
        this.settings = settings;
        this.directory = directory;
    }

    /**
     * Finishes what was cut off, makes a journal behind the state when the settings allow it, and refuses what does not fit.
     *
     * @param state how far the state on disk is
     * @throws EngineException as {@link EngineException.Kind#JOURNAL_INCOMPLETE}
     */
    void prepare(LogPosition state) throws IOException {
        JournalExtent found = directory.extent();
        if (found.fit(state) == Fit.MISSING
                && found.first() < 0
                && settings.journalStart() == RatisSettings.JournalStart.BEHIND_STATE) {
            beginBehind(state);
        } else if (found.fit(state) != Fit.FITS) {
            throw incomplete(found.describe(state));
        } else if (found.image() != null) {
            finishDiscard(found.image());
        }
        JournalExtent ready = directory.extent();
        if (ready.fit(state) != Fit.FITS) {
            throw incomplete(ready.describe(state));
        }
        checkOpenFile(ready, state);
    }

    /**
     * Looks into the file that was being written when the state ends in it: its name does not tell where it ends. When it ends before the state, Ratis would
     * delete all the others.
     */
    private void checkOpenFile(JournalExtent found, LogPosition state) throws IOException {
        if (found.openFirst() < 0 || state.index() < found.openFirst()) {
            return;
        }
        for (SegmentFiles.Segment segment : directory.segments().list()) {
            if (segment.isOpen()) {
                checkContains(segment, state);
            }
        }
    }

    private void checkContains(SegmentFiles.Segment open, LogPosition state) throws IOException {
        long[] last = {open.first() - 1};
        try {
            JournalReader.read(open, settings.limits(), entry -> {
                last[0] = entry.getIndex();
                if (entry.getIndex() == state.index()) {
                    checkSame(new LogPosition(entry.getTerm(), entry.getIndex()), state);
                    throw new EnoughRead();
                }
            });
        } catch (EnoughRead e) {
            return;
        }
        throw incomplete("fit=" + Fit.ENDS_TOO_EARLY + " state=" + state + " last=" + last[0] + " missing="
                + new JournalExtent.Hole(last[0] + 1, state.index()));
    }

    /** Fails when the journal has another entry at the state's position than the state was made from. */
    void checkSame(LogPosition entry, LogPosition state) {
        if (!entry.equals(state)) {
            throw incomplete("fit=CONTRADICTS state=" + state + " entry=" + entry);
        }
    }

    /** The one way to stop Ratis' reader. */
    private static final class EnoughRead extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EnoughRead() {
            super(null, null, false, false);
        }
    }

    private EngineException incomplete(String facts) {
        return new EngineException(
                EngineException.Kind.JOURNAL_INCOMPLETE,
                "journal does not go on where the state ends: node=" + settings.self() + " directory="
                        + settings.directory() + " " + facts
                        + "; no entry was touched; restore the files, or begin from a newer image",
                null,
                null);
    }

    /** The state is the image: what was before it is not needed. Repeated as often as it is cut off. */
    private void finishDiscard(LogPosition image) throws IOException {
        JournalBegin begin = directory.begin().read();
        log.info("journal is cut to the image: node={} image={} discard={}", settings.self(), image, begin.discard());
        directory
                .segments()
                .deleteBeginningUpTo(begin.discard() == JournalBegin.Discard.ALL ? Long.MAX_VALUE : image.index());
        directory.begin().write(JournalBegin.behind(image));
    }

    /**
     * Term first, beginning last: when this is cut off, the journal is still one without entries that does not say where it begins, and the next start
     * makes it again.
     */
    private void beginBehind(LogPosition state) throws IOException {
        RaftStorage storage = RaftStorage.newBuilder()
                .setDirectory(directory.group().toFile())
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setLogCorruptionPolicy(RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION)
                .setStorageFreeSpaceMin(SizeInBytes.valueOf(settings.limits().freeBytesMin()))
                .build();
        long term;
        try {
            storage.initialize();
            term = raiseTerm(storage.getMetadataFile(), state.term());
        } finally {
            storage.close();
        }
        directory.force();
        directory.begin().write(JournalBegin.behind(state));
        log.info("journal begins behind the state: node={} state={} term={}", settings.self(), state, term);
    }

    /** Ratis takes the term from this file alone, and would start below the term of the state's last entry. */
    private static long raiseTerm(RaftStorageMetadataFile file, long termMin) throws IOException {
        RaftStorageMetadata found = file.getMetadata();
        if (found.getTerm() >= termMin) {
            return found.getTerm();
        }
        file.persist(RaftStorageMetadata.valueOf(termMin, RaftPeerId.valueOf("")));
        return termMin;
    }
}
