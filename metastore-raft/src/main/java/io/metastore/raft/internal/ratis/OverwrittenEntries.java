package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps beside the journal the entries that another leader's append cuts off it, or that an image takes the place of: what a former leader wrote and no majority
 * has. Nobody was told that they are there, but somebody may be waiting to learn what became of them. Each cut is a directory {@code <group>/overwritten/<first>-<last>}, positions as {@code
 * term.index}, with one file of a journal and {@code about}.
 *
 * <pre>
 * format=metastore-overwritten/1
 * before=3:120                    last entry that stays, term:index
 * leader=fe2@53aecf1b-..          who cut them off; empty when that is not known
 * by=4:121                        the entry that is in the place of the first; with another index, the image that is in the place of all
 * checksum=1f2e3d4c
 * </pre>
 *
 * <p>What is kept may still be committed later, when the leader that cut it off is lost with what it put there: readers compare it with the journal. What an image
 * takes the place of may be in the image, all or some of it, unless {@link #isInHistory that can be told}. Keeping is an extra: when it fails, the append or the
 * image goes on and the log says so. Called by one thread at a time, while no append is handled.
 */
final class OverwrittenEntries {
    private static final Logger log = LoggerFactory.getLogger(OverwrittenEntries.class);

    /** Of all that is kept; the oldest goes first. */
    static final long BYTES_MAX = 64L << 20;

    private static final String DIRECTORY = "overwritten";
    private static final String ABOUT = "about";
    private static final String KIND = "metastore-overwritten";
    private static final int VERSION = 1;
    private static final Pattern NAME = Pattern.compile("[0-9]+\\.[0-9]+-([0-9]{1,18})\\.([0-9]{1,18})");

    private final FileLayer files;
    private final Path directory;
    private final long bytesMax;

    OverwrittenEntries(FileLayer files, Path groupDirectory, long bytesMax) {
        this.files = files;
        this.directory = groupDirectory.resolve(DIRECTORY);
        this.bytesMax = bytesMax;
    }

    /** Whether an append has another entry in the place of one that is there. */
    static boolean isContradicted(RaftLog journal, AppendEntriesRequestProto request) {
        for (LogEntryProto entry : request.getEntriesList()) {
            TermIndex known = journal.getTermIndex(entry.getIndex());
            if (known != null && known.getTerm() != entry.getTerm()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Keeps what the append is about to cut off; durable when it returns. Nothing when it will be refused.
     *
     * @param request contradicts the journal, and is without the entries that are there already
     * @param term the current one
     */
    void keepBefore(RaftLog journal, AppendEntriesRequestProto request, long term) {
        LogEntryProto by = request.getEntries(0);
        TermIndex last = journal.getLastEntryTermIndex();
        TermIndex before = journal.getTermIndex(by.getIndex() - 1);
        boolean goesOn = !request.hasPreviousLog()
                || (before != null
                        && before.getTerm() == request.getPreviousLog().getTerm());
        boolean refused = request.getLeaderTerm() < term || by.getIndex() <= journal.getLastCommittedIndex() || !goesOn;
        if (refused || last == null) {
            return;
        }
        String leader = request.getServerRequest().getRequestorId().toStringUtf8();
        try {
            keep(
                    read(journal, by.getIndex(), last.getIndex()),
                    about(before, by.getIndex(), leader, TermIndex.valueOf(by)));
        } catch (IOException | RuntimeException e) {
            notKept(by.getIndex(), last.getIndex(), leader, e);
        }
    }

    /**
     * Keeps what is about to go in favour of an image, of what is not known to be committed; durable when it returns. Nothing when all of it is in the image.
     *
     * @param firstAvailable of the leader's journal
     * @param leader in whose term
     */
    void keepBefore(RaftLog journal, LogPosition image, LogPosition firstAvailable, String leader) {
        TermIndex last = journal.getLastEntryTermIndex();
        long first = Math.max(journal.getLastCommittedIndex() + 1, journal.getStartIndex());
        if (last == null || last.getIndex() < first || isInHistory(last, firstAvailable)) {
            return;
        }
        try {
            keepBefore(image, read(journal, first, last.getIndex()), journal.getTermIndex(first - 1), leader);
        } catch (IOException | RuntimeException e) {
            notKept(first, last.getIndex(), leader, e);
        }
    }

    /**
     * The same for a journal that no engine has open.
     *
     * @param before the entry before them; null when it is not known
     * @param leader empty when it is not known
     */
    void keepBefore(LogPosition image, List<LogEntryProto> entries, @Nullable TermIndex before, String leader) {
        if (entries.isEmpty() || isInHistory(TermIndex.valueOf(entries.get(entries.size() - 1)), image)) {
            return;
        }
        long first = entries.get(0).getIndex();
        try {
            keep(entries, about(before, first, leader, TermIndex.valueOf(image.term(), image.index())));
        } catch (IOException | RuntimeException e) {
            notKept(first, entries.get(entries.size() - 1).getIndex(), leader, e);
        }
    }

    /**
     * Whether an entry, and so all before it, is known to be in the history. All entries of a term are of one leader, whose journal only grew: so it is before a
     * later one of its term there too.
     *
     * @param later is in it, or right behind what is
     */
    private static boolean isInHistory(TermIndex entry, LogPosition later) {
        return entry.getTerm() == later.term() && entry.getIndex() <= later.index();
    }

    private static List<LogEntryProto> read(RaftLog journal, long first, long last) throws IOException {
        List<LogEntryProto> entries = new ArrayList<>();
        for (long index = first; index <= last; index++) {
            entries.add(journal.get(index));
        }
        return entries;
    }

    private static byte[] about(@Nullable TermIndex before, long first, String leader, TermIndex by) {
        return new FactText(KIND, VERSION)
                .with("before", before == null ? "0:" + (first - 1) : position(before, ":"))
                .withText("leader", leader)
                .with("by", position(by, ":"))
                .bytes();
    }

    private static void notKept(long first, long last, String leader, Exception e) {
        log.warn(
                "entries that are cut off are not kept: first={} last={} leader={}; they were not acknowledged",
                first,
                last,
                leader,
                e);
    }

    private static String position(TermIndex at, String separator) {
        return at.getTerm() + separator + at.getIndex();
    }

    void keep(List<LogEntryProto> entries, byte[] about) throws IOException {
        TermIndex first = TermIndex.valueOf(entries.get(0));
        TermIndex last = TermIndex.valueOf(entries.get(entries.size() - 1));
        Path kept = directory.resolve(position(first, ".") + "-" + position(last, "."));
        if (files.kind(kept) != Kind.ABSENT) {
            return; // Its last entry has all before it: cut off once already.
        }
        byte[] segment = SegmentBytes.of(entries);
        files.createDirectories(directory);
        if (!makeRoom(segment.length)) {
            log.warn("entries that are cut off are too many to be kept: bytes={} max={}", segment.length, bytesMax);
            return;
        }
        Path making = kept.resolveSibling(kept.getFileName() + ".tmp");
        files.deleteTree(making);
        files.createDirectory(making);
        files.writeNew(making.resolve("log_" + first.getIndex() + "-" + last.getIndex()), segment);
        files.writeNew(making.resolve(ABOUT), about);
        files.forceDirectory(making);
        files.rename(making, kept);
        files.forceDirectory(directory);
        log.info("entries of a former leader are cut off and kept beside the journal: directory={}", kept);
    }

    private boolean makeRoom(long bytes) throws IOException {
        record Kept(Path path, LogPosition last, long bytes) {}
        List<Kept> all = new ArrayList<>();
        long sum = bytes;
        for (String name : files.list(directory)) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()) {
                Path path = directory.resolve(name);
                long length = 0;
                for (String file : files.list(path)) {
                    length += files.size(path.resolve(file));
                }
                all.add(new Kept(
                        path,
                        new LogPosition(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))),
                        length));
                sum += length;
            }
        }
        all.sort(Comparator.comparing(Kept::last));
        for (Kept oldest : all) {
            if (sum > bytesMax && bytes <= bytesMax) {
                log.info("entries that were cut off earlier make room: directory={}", oldest.path());
                files.deleteTree(oldest.path());
                sum -= oldest.bytes();
            }
        }
        return sum <= bytesMax;
    }
}
