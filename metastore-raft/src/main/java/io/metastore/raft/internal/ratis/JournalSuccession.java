package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineException.Kind;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.ForceFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes the journal of a new group from that of another, up to an entry, with one member that is the only voter. The other journal is not touched: its full files
 * are shared through hard links, the last one is copied, as Ratis goes on writing into it.
 *
 * <p>No engine may run on either. What a cut off attempt leaves is no journal; it is to be deleted and made again.
 */
public final class JournalSuccession {

    /**
     * What is to be made.
     *
     * @param from where the engine of the group before kept its groups
     * @param fromGroup that group
     * @param to where the new engine will keep its groups; exists
     * @param toGroup the new group
     * @param tip last entry to take over; when the journal has no entries, what it goes on behind
     * @param tipEnd offset in the last file where that entry ends; -1 to take whole files only
     * @param self the only member, with a vote
     * @param address where it listens
     * @param term a term as high as any that anybody has seen
     */
    public record Order(
            Path from,
            UUID fromGroup,
            Path to,
            UUID toGroup,
            LogPosition tip,
            long tipEnd,
            String self,
            String address,
            long term) {}

    private final FileLayer files;
    private final Order order;
    private final JournalDirectory before;
    private final JournalDirectory made;

    public JournalSuccession(FileLayer files, Order order) {
        this.files = files;
        this.order = order;
        this.before = new JournalDirectory(files, order.from(), order.fromGroup());
        this.made = new JournalDirectory(files, order.to(), order.toGroup());
    }

    /**
     * Makes it; everything is durable when it returns, but for the name {@code to}.
     *
     * @throws EngineException {@link Kind#JOURNAL_INCOMPLETE} when the journal was being cut to an image when its engine ended
     */
    public void run() throws IOException {
        JournalBegin begin = before.begin().read();
        if (begin.image() != null) {
            throw new EngineException(
                    Kind.JOURNAL_INCOMPLETE,
                    "journal was being cut to an image: directory=" + before.group() + " image=" + begin.image()
                            + "; nothing was changed; take another copy",
                    null,
                    null);
        }
        files.createDirectory(made.group());
        files.createDirectory(made.entries());
        if (!begin.before().isEmpty()) {
            made.begin().write(begin);
        }
        for (SegmentFiles.Segment segment : before.segments().list()) {
            take(segment);
        }
        write(
                RatisFiles.TERM_AND_VOTE,
                WrittenVote.nobody(Math.max(order.term(), order.tip().term())).bytes());
        write(
                RatisFiles.CONFIGURATION,
                RatisFiles.configurationBehind(order.tip(), new GroupMember(order.self(), order.address(), true)));
        made.force();
    }

    private void take(SegmentFiles.Segment segment) throws IOException {
        long last = order.tip().index();
        if (segment.first() > last) {
            return; // Behind what is taken over.
        }
        Path name = segment.path().getFileName();
        if (!segment.isOpen() && segment.last() <= last) {
            share(segment.path(), made.entries().resolve(String.valueOf(name)));
        } else {
            copyUpToTip(segment);
        }
    }

    /** Another member's directory may be on another disk, where there are no links to it. */
    private void share(Path file, Path target) throws IOException {
        try {
            files.link(file, target);
        } catch (ForceFailedException e) {
            throw e;
        } catch (IOException e) {
            if (isSameMembers() || files.kind(target) != FileLayer.Kind.ABSENT) {
                throw e;
            }
            files.copy(file, target);
        }
    }

    /** Epochs of one member are side by side. */
    private boolean isSameMembers() {
        return Objects.equals(epochs(order.from()), epochs(order.to()));
    }

    private static @Nullable Path epochs(Path journal) {
        Path epoch = journal.getParent();
        return epoch == null ? null : epoch.getParent();
    }

    private void copyUpToTip(SegmentFiles.Segment segment) throws IOException {
        if (order.tipEnd() < 0) {
            throw new IllegalArgumentException("the last entry is not at the end of a file: order=" + order);
        }
        Path target = made.entries().resolve("log_inprogress_" + segment.first());
        for (long offset = 0; offset < order.tipEnd(); ) {
            int length = (int) Math.min(FileLayer.COPY_BYTES, order.tipEnd() - offset);
            byte[] bytes = files.read(segment.path(), offset, length);
            if (bytes.length == 0) {
                throw new IOException("journal file ends before the entry that is to be its last: file="
                        + segment.path() + " expected=" + order.tipEnd() + " found=" + offset);
            }
            files.write(target, offset, bytes);
            offset += bytes.length;
        }
        files.force(target);
    }

    private void write(String name, byte[] bytes) throws IOException {
        AtomicFile.replace(files, made.entries().resolve(name), bytes);
    }
}
