package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.raft.internal.engine.JournalExtent.Fit;
import io.metastore.raft.internal.engine.JournalFit;
import java.io.IOException;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a journal is whole as far as names, lengths and beginnings of its files tell, and goes on where the state ends, before Ratis opens it. Ratis
 * would begin an empty journal under any state, delete what ends before the state or begins with zeros, and wait for ever at a hole.
 */
final class JournalOpening {
    private static final Logger log = LoggerFactory.getLogger(JournalOpening.class);

    private final RatisSettings settings;
    private final JournalDirectory directory;
    private final JournalLookup lookup;

    /** The directory is claimed. */
    JournalOpening(RatisSettings settings, JournalDirectory directory) {
        this.settings = settings;
        this.directory = directory;
        this.lookup = new JournalLookup(directory, settings.limits());
    }

    /**
     * Finishes what was cut off, makes a journal behind the state when the settings allow it, and refuses what does not fit.
     *
     * @param state how far the state on disk is
     * @throws EngineException as {@link EngineException.Kind#JOURNAL_INCOMPLETE}
     */
    void prepare(LogPosition state) throws IOException {
        JournalExtent found = directory.extent();
        checkTermAndVote(found);
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
        checkConfiguration(ready);
    }

    /** Ratis would go on with whatever they say, in a term of the past, or with a vote that was not given. */
    private void checkTermAndVote(JournalExtent found) throws IOException {
        WrittenVote vote;
        try {
            vote = directory.termAndVote();
        } catch (IOException e) {
            throw incomplete("fit=" + Fit.DAMAGED + " cause=" + e.getMessage());
        }
        if (vote == null && found.first() >= 0) {
            throw incomplete("fit=" + Fit.DAMAGED + " termAndVote=missing first=" + found.first());
        }
    }

    /**
     * A member that had the entry was in its term when it took it. One that says it has not come so far has forgotten what it voted since: the file was put back
     * from a copy.
     *
     * @param vote as it was found
     * @param last entry of the journal as it was found, or what it goes on behind
     */
    void checkTerm(WrittenVote vote, LogPosition last) {
        if (vote.term() < last.term()) {
            throw incomplete("fit=" + Fit.CONTRADICTS + " termAndVote=" + vote + " last=" + last);
        }
    }

    /**
     * Looks into the file that was being written when the state ends in it: its name does not tell where it ends. When it ends before the state, Ratis would
     * delete all the others.
     */
    private void checkOpenFile(JournalExtent found, LogPosition state) throws IOException {
        if (found.openFirst() >= 0 && state.index() >= found.openFirst()) {
            JournalFit fit = lookup.fit(state);
            if (!fit.fits()) {
                throw incomplete(fit.facts());
            }
        }
    }

    /**
     * Ratis writes the configuration beside the journal when it is committed and applied, so its entry was in the journal. Where the journal was made to go on under
     * another configuration, that is there, right behind the last entry and with its term, before the entry is. Only looked at when this member is the only one
     * with a vote: others get theirs with an image, too.
     */
    private void checkConfiguration(JournalExtent found) throws IOException {
        LogEntryProto written = directory.configuration();
        if (written == null || written.getIndex() <= Math.max(0, found.closedLast()) || !isOnlyVoter(written)) {
            return;
        }
        LogPosition end = lookup.end(found, written.getIndex());
        boolean there = end.index() >= written.getIndex()
                || (end.index() == written.getIndex() - 1 && end.term() >= written.getTerm());
        if (!there) {
            throw incomplete("fit=" + Fit.ENDS_TOO_EARLY + " configuration="
                    + new LogPosition(written.getTerm(), written.getIndex()) + " last=" + end + " missing="
                    + new JournalExtent.Hole(end.index() + 1, written.getIndex()));
        }
    }

    private boolean isOnlyVoter(LogEntryProto written) {
        GroupConfiguration group = Configurations.of(LogProtoUtils.toRaftConfiguration(written));
        GroupMember self = group.withId(settings.self());
        return self != null
                && self.voter()
                && group.stable()
                && group.members().stream().filter(GroupMember::voter).count() == 1;
    }

    /** Fails when the journal has another entry at the state's position than the state was made from. */
    void checkSame(LogPosition entry, LogPosition state) {
        if (!entry.equals(state)) {
            throw incomplete(JournalLookup.contradicts(entry, state).facts());
        }
    }

    private EngineException incomplete(String facts) {
        return new EngineException(
                EngineException.Kind.JOURNAL_INCOMPLETE,
                "journal is damaged, or does not go on where the state ends: node=" + settings.self() + " directory="
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
        try {
            storage.initialize();
        } finally {
            storage.close();
        }
        directory.raiseTerm(state.term()); // Ratis takes it from there alone, and would start below that of the state.
        directory.force();
        directory.begin().write(JournalBegin.behind(state));
        log.info("journal begins behind the state: node={} state={}", settings.self(), state);
    }
}
