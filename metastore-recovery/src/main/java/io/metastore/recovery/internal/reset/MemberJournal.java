package io.metastore.recovery.internal.reset;

import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import java.util.List;
import java.util.stream.Stream;

/**
 * The journal of a member of another process, and an image, as that gives them. Changes nothing there. Each call blocks, for a deadline at most. For one thread.
 *
 * <p>Each call may fail with a {@link RecoveryRefusedException}: {@link Reason#SOURCE_SILENT} it does not answer; {@link Reason#CHANGED_SINCE} it has another journal by
 * now; {@link Reason#MEMBER_ANSWERS} it cannot do it.
 */
public interface MemberJournal extends AutoCloseable {

    /**
     * What there is from an entry on.
     *
     * @param before what the first file of the journal goes on behind; {@link LogPosition#NONE} when it begins with the first entry
     * @param journal its files by their first entries, each going on where the one before it ends
     * @param image the files of an image; none when none was asked for
     */
    record Offer(LogPosition before, List<File> journal, List<File> image) {
        public Offer {
            journal = List.copyOf(journal);
            image = List.copyOf(image);
        }

        /** Of all files. */
        long bytes() {
            return Stream.concat(journal.stream(), image.stream())
                    .mapToLong(File::bytes)
                    .sum();
        }
    }

    /**
     * A file.
     *
     * @param name as in the directory of the journal; that of an image has {@code image.<index>/} before it
     * @param bytes of it; of a file of the journal up to its last entry
     */
    record File(String name, long bytes) {}

    /**
     * The files that hold an entry and all behind it; those before it may be missing.
     *
     * @param image index of an image that is wanted too; -1 for none
     */
    Offer offer(long from, long image);

    /** CRC32C of the beginning of a file. */
    int checksum(String name, long bytes);

    /** Some bytes of a file, at least one. */
    byte[] read(String name, long offset, int length);

    @Override
    void close();
}
