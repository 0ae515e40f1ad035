package io.metastore.recovery.internal.journal;

import io.metastore.recovery.journal.Aftermath;
import io.metastore.recovery.journal.CommitHints;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.recovery.journal.SegmentScan;
import io.metastore.recovery.journal.TermRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one file of the journal from its beginning to its first damage, and looks what is behind that. Used by one thread, for one file. */
public final class SegmentReader implements AutoCloseable {
    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
    private static final String BEGUN = "written in part, ";
    private static final byte[] ZEROS = new byte[4 << 10];

    private final SegmentFile file;
    private final Window window;
    private final EntryReader entry;

    private final List<TermRun> terms = new ArrayList<>();
    private final List<LoggedMembership> memberships = new ArrayList<>();
    private long hints;
    private long highestHint = -1;
    private long entries;
    private long term;
    private long offset;
    private boolean begun;
    private boolean ended;
    private @Nullable Damage damage;

    /** @throws java.nio.file.NoSuchFileException it is not there any more */
    public SegmentReader(SegmentFile file) throws IOException {
        this.file = file;
        this.window = new Window(file.path());
        this.entry = new EntryReader(file.path(), window);
    }

    /** Reads the next entry, see {@link #entry}; false at the end or at the first damage. Damage, also a disk that cannot read, is part of {@link #scan}. */
    public boolean advance() {
        try {
            if (!begun) {
                begun = true;
                readHeader();
            }
            long before = entries;
            while (!ended && damage == null && entries == before) {
                ended = !readNext();
            }
            if (entries > before) {
                return true;
            }
            if (damage == null) {
                checkLast();
            }
        } catch (IOException e) {
            damage = new Damage(
                    Damage.Kind.UNREADABLE, file.path(), offset, "expected: bytes found: " + e, Aftermath.NOTHING);
        }
        ended = true;
        return false;
    }

    /** The entry that was read last; good until the next one is read. */
    public EntryVisitor.ScannedEntry entry() {
        return entry;
    }

    /** What the file holds, as far as it was read. */
    public SegmentScan scan() {
        return new SegmentScan(
                file.path(),
                file.first(),
                file.last(),
                window.fileBytes(),
                Math.min(offset, window.fileBytes()),
                entries,
                terms,
                memberships,
                new CommitHints(hints, highestHint),
                Optional.ofNullable(damage));
    }

    private void readHeader() throws IOException {
        int there = Math.min(window.available(0, HEADER.length), HEADER.length);
        byte[] found = Arrays.copyOf(window.bytes(), there);
        if (Arrays.equals(found, HEADER)) {
            offset = HEADER.length;
            return;
        }
        if (there == 0 && file.open()) {
            return; // Created and not written to yet.
        }
        int same = Math.max(0, Arrays.mismatch(HEADER, found));
        boolean beginning = zerosUntil(same) == window.fileBytes(); // Also when the file ends there.
        damage(
                Damage.Kind.BAD_HEADER,
                0,
                (beginning ? BEGUN : "") + "expected=" + new String(HEADER, StandardCharsets.US_ASCII) + " found="
                        + Arrays.toString(found),
                HEADER.length);
    }

    /** Reads the entry at {@link #offset}; false at the end. */
    private boolean readNext() throws IOException {
        if (window.available(offset, 1) == 0) {
            return false;
        }
        if (window.byteAt(offset) == 0) {
            return readEnd();
        }
        Damage.Kind found = entry.read(offset);
        String what = entry.found();
        if (found == null) {
            found = judge();
            what = "expected: term>=" + term + " index=" + expected() + " found: term=" + entry.term() + " index="
                    + entry.index();
        }
        if (found == null && !take()) {
            found = Damage.Kind.UNDECODABLE;
            what = entry.found();
        }
        if (found == null) {
            return true;
        }
        long follows = found == Damage.Kind.CHECKSUM || intact(found) ? entry.next() : offset + 1;
        damage(found, offset, what, follows);
        return damage == null;
    }

    private static boolean intact(Damage.Kind kind) {
        return kind == Damage.Kind.INDEX_GAP
                || kind == Damage.Kind.TERM_FALLS
                || kind == Damage.Kind.NAME_DIFFERS
                || kind == Damage.Kind.UNDECODABLE;
    }

    private long expected() {
        return file.first() + entries;
    }

    private Damage.@Nullable Kind judge() {
        if (entry.index() != expected()) {
            return entries == 0 ? Damage.Kind.NAME_DIFFERS : Damage.Kind.INDEX_GAP;
        }
        if (!file.open() && entry.index() > file.last()) {
            return Damage.Kind.NAME_DIFFERS;
        }
        return entry.term() < term ? Damage.Kind.TERM_FALLS : null;
    }

    /** Counts the entry that was read, unless it is a membership that is not understood. */
    private boolean take() {
        if (entry.kind() == EntryVisitor.Kind.MEMBERSHIP) {
            try {
                memberships.add(MembershipDecoder.decode(entry.position(), entry.payload()));
            } catch (IOException e) {
                entry.notUnderstood(e);
                return false;
            }
        } else if (entry.kind() == EntryVisitor.Kind.COMMIT_HINT) {
            hints++;
            highestHint = Math.max(highestHint, entry.commitIndex());
        }
        if (terms.isEmpty() || entry.term() > term) {
            term = entry.term();
            terms.add(new TermRun(term, entry.index()));
        }
        entries++;
        offset = entry.next();
        return true;
    }

    /** From the first zero byte on there must be nothing else. */
    private boolean readEnd() throws IOException {
        long zerosEnd = zerosUntil(offset);
        if (zerosEnd == window.fileBytes()) {
            return false;
        }
        damage(
                Damage.Kind.DATA_AFTER_END,
                offset,
                "expected: zeros to the end of the file found: something else at " + zerosEnd,
                zerosEnd);
        return damage == null;
    }

    private long zerosUntil(long from) throws IOException {
        long at = from;
        int there;
        while ((there = Math.min(window.available(at, 1), ZEROS.length)) > 0) {
            int begin = window.at(at);
            int other = Arrays.mismatch(window.bytes(), begin, begin + there, ZEROS, 0, there);
            if (other >= 0) {
                return at + other;
            }
            at += there;
        }
        return window.fileBytes();
    }

    private void checkLast() {
        if (!file.open() && expected() - 1 != file.last()) {
            Aftermath.Content content =
                    offset == window.fileBytes() ? Aftermath.Content.NOTHING : Aftermath.Content.ZEROS;
            damage = new Damage(
                    Damage.Kind.NAME_DIFFERS,
                    file.path(),
                    offset,
                    "expected=" + file.last() + " as last entry found=" + (expected() - 1),
                    new Aftermath(content, window.fileBytes() - offset, 0, -1, -1));
        }
    }

    /**
     * Notes a damage, unless it is gone: somebody who is writing the file may have been in the middle of this entry, and has written on since.
     *
     * @param follows where to look first for what can be read behind it
     */
    private void damage(Damage.Kind kind, long at, String what, long follows) throws IOException {
        Aftermath aftermath = new Resynchronization(window, entry, expected()).behind(at, follows);
        boolean wroteOn = file.open() && aftermath.entries() > 0 && !intact(kind);
        if (wroteOn && window.reload(at, 1) > 0 && window.byteAt(at) != 0 && at > 0 && isGoodNow(at)) {
            return;
        }
        boolean torn = file.open()
                && aftermath.entries() == 0
                && !intact(kind)
                && (kind != Damage.Kind.BAD_HEADER || what.startsWith(BEGUN));
        damage = new Damage(
                torn ? Damage.Kind.TORN_TAIL : kind, file.path(), at, torn ? kind + ": " + what : what, aftermath);
    }

    private boolean isGoodNow(long at) throws IOException {
        return entry.read(at) == null && judge() == null;
    }

    @Override
    public void close() throws IOException {
        window.close();
    }
}
