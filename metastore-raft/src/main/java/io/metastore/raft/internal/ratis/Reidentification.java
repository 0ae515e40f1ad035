package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineException.Kind;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the only voter of a group another member of it, while its engine does not run. The journal stays as it is; beside it, in Ratis' file for that, a
 * configuration is put right behind its last entry, where it counts more than any in the journal, and where the next leader, which is this member, writes
 * down the same.
 *
 * <p>Crashes: the vote is changed first and means nothing under either identity, since a lone voter goes on in the next term. The configuration decides, and
 * is replaced by one rename.
 */
final class Reidentification {
    private static final Logger log = LoggerFactory.getLogger(Reidentification.class);

    private final FileLayer layer;
    private final RatisSettings settings;
    private final GroupMember self;
    private final JournalDirectory directory;

    /** What the journal's files say. Null before they are read, and for a journal without entries. */
    private @Nullable LogEntryProto last;

    /** The configuration with the highest index. Null while none was found. */
    private @Nullable LogEntryProto newest;

    Reidentification(FileLayer layer, RatisSettings settings) {
        this.layer = layer;
        this.settings = settings;
        this.self = settings.peers().stream()
                .filter(peer -> peer.id().equals(settings.self()))
                .map(peer -> new GroupMember(peer.id(), peer.address(), true))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("peers must contain this member: " + settings));
        this.directory = new JournalDirectory(layer, settings.directory(), settings.group());
    }

    /** See {@link JournalAtRest#reidentify}. */
    void run() throws IOException {
        JournalExtent extent = directory.extent();
        if (!extent.present() || extent.image() != null) {
            throw refused("there is no complete journal");
        }
        directory.claim(() -> "giving its member another name");
        try {
            readConfigurationFile();
            if (isDone()) {
                return;
            }
            readJournal();
            if (!isDone()) {
                replace(extent.before());
            }
        } finally {
            directory.release();
        }
    }

    private void readConfigurationFile() throws IOException {
        Path file = directory.entries().resolve(RatisFiles.CONFIGURATION);
        if (layer.kind(file) == FileLayer.Kind.FILE) {
            note(LogEntryProto.parseFrom(layer.read(file)));
        }
    }

    /** The open file last, and as Ratis will read it: to the end of what is whole. */
    private void readJournal() throws IOException {
        for (SegmentFiles.Segment segment : directory.segments().list()) {
            JournalReader.read(segment, settings.limits(), entry -> {
                last = entry;
                note(entry);
            });
        }
    }

    private void note(LogEntryProto entry) {
        LogEntryProto known = newest;
        if (entry.hasConfigurationEntry() && (known == null || entry.getIndex() > known.getIndex())) {
            newest = entry;
        }
    }

    /** Whether this member is in the newest configuration, wherever it was then: where it is now it records itself. */
    private boolean isDone() {
        GroupConfiguration found = found();
        return found != null && found.withId(self.id()) != null;
    }

    private @Nullable GroupConfiguration found() {
        LogEntryProto known = newest;
        return known == null ? null : Configurations.of(LogProtoUtils.toRaftConfiguration(known));
    }

    private void replace(@Nullable LogPosition before) throws IOException {
        GroupConfiguration found = found();
        if (found == null || !found.stable() || found.members().size() != 1) {
            throw refused("it has not exactly one member: found=" + found);
        }
        LogPosition end = end(before);
        replaceVote(found.members().get(0).id());
        AtomicFile.replace(
                layer,
                directory.entries().resolve(RatisFiles.CONFIGURATION),
                RatisFiles.configurationBehind(end, self));
        log.info("only member has another identity now: from={} to={} index={}", found, self, end.index() + 1);
    }

    /** Of the journal, or of what it goes on behind. */
    private LogPosition end(@Nullable LogPosition before) {
        LogEntryProto entry = last;
        if (entry != null) {
            return new LogPosition(entry.getTerm(), entry.getIndex());
        }
        return before == null ? LogPosition.NONE : before;
    }

    /** A vote for somebody else stays: it is none of this. */
    private void replaceVote(String before) throws IOException {
        Path file = directory.entries().resolve(RatisFiles.TERM_AND_VOTE);
        WrittenVote found = WrittenVote.parse(layer.read(file));
        WrittenVote renamed = found.renamed(before, self.id());
        if (!renamed.equals(found)) {
            AtomicFile.replace(layer, file, renamed.bytes());
        }
    }

    private EngineException refused(String why) {
        return new EngineException(
                Kind.CHANGE_INVALID,
                "the group's member cannot become another: " + why + " directory=" + settings.directory() + " wanted="
                        + self,
                null,
                null);
    }
}
