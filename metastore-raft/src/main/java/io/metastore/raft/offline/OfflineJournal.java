package io.metastore.raft.offline;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.ratis.JournalRoom;
import io.metastore.raft.internal.ratis.JournalSuccession;
import io.metastore.raft.internal.ratis.RatisJournal;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The journal of a member that does not run.
 *
 * @param files what it is read and written through
 * @param directory where the journal's engine keeps its groups
 * @param group the group
 */
public record OfflineJournal(FileLayer files, Path directory, UUID group) {

    /** Where the files with the entries are. */
    public Path entries() {
        return directory.resolve(group.toString()).resolve("current");
    }

    /** What it goes on behind, when entries before an image were purged and that is known; otherwise {@link LogPosition#NONE}. */
    public LogPosition before() throws IOException {
        LogPosition before = RatisJournal.extent(files, directory, group).before();
        return before == null ? LogPosition.NONE : before;
    }

    /**
     * Makes room for the files of a journal that come from elsewhere; what is there already stays. Durable when it returns.
     *
     * @param goesOnBehind what {@link #before} is to say of them
     */
    public void prepare(LogPosition goesOnBehind) throws IOException {
        new JournalRoom(files, directory, group).prepare(goesOnBehind);
    }

    /** Makes the names of the files durable that were put there; each of them was forced. */
    public void force() throws IOException {
        new JournalRoom(files, directory, group).force();
    }

    /**
     * What goes on.
     *
     * @param tip last entry to take over; when the journal has no entries, what it goes on behind
     * @param tipEnd offset in its file where that entry ends; -1 without entries
     * @param self the only member of the new group, with a vote, as {@code name@incarnation}
     * @param address where it listens
     * @param term a term as high as any that anybody has seen
     */
    public record Onward(LogPosition tip, long tipEnd, String self, String address, long term) {}

    /**
     * Makes the journal of another group that goes on from this one, with one member. This one is not touched: full files are shared through hard links. Durable
     * when it returns, but for the name of the directory.
     *
     * @param next where it is made; its directory exists and is empty
     * @throws CorruptStateException this journal was being cut to an image when its member stopped
     */
    public void succeedBy(OfflineJournal next, Onward onward) throws IOException {
        try {
            new JournalSuccession(
                            files,
                            new JournalSuccession.Order(
                                    directory,
                                    group,
                                    next.directory(),
                                    next.group(),
                                    onward.tip(),
                                    onward.tipEnd(),
                                    onward.self(),
                                    onward.address(),
                                    onward.term()))
                    .run();
        } catch (EngineException e) {
            throw new CorruptStateException(String.valueOf(e.getMessage()), e);
        }
    }
}
