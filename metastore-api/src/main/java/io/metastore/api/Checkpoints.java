package io.metastore.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The images of this member: made from the live state while reads and writes go on, verified before they are published, kept so that the member can start
 * from them and others can get them. Each member makes its own.
 *
 * <p>Everything but {@link #list} and {@link #status} is long work: it runs on a thread of the store, reports to the {@link ProgressListener}, and is not
 * bound by the deadline of calls. An interrupt ends the wait, not the work. Callable from any thread; one checkpoint runs at a time and callers that come
 * meanwhile share the next.
 *
 * <p>What is asked for here shows as a job in {@link Cluster#operations}, at all members. Who cancels it there ends it with an {@link
 * OperationFailedException} for its caller.
 */
public interface Checkpoints {

    /**
     * Makes an image of what is applied here at this moment or later, and purges from the journal what no image needs any more.
     *
     * @return the image; the newest there is when nothing was applied since it was made but what the cluster notes of such jobs
     * @throws CheckpointFailedException it was not published; what was there before is there still
     */
    Image create();

    /** The published images, newest first. Never blocks. */
    List<Image> list();

    /**
     * Reads an image completely: each file against its digest, each block against its checksum, each record into the fingerprint.
     *
     * @throws CorruptStateException it is damaged; names the file, what was expected and what was found
     */
    Verified verify(Image image);

    /**
     * Makes a new image in place of one that is damaged; the damaged one is deleted when the new one is published.
     *
     * @throws CheckpointFailedException as for {@link #create}; the damaged one is there still
     */
    Image replace(Image damaged);

    /**
     * Writes an image to one file, compressed and with its digests, from which {@link MetaStore.Builder#importFrom} makes a new store.
     *
     * @param file must not exist; appears when it is complete
     * @throws CorruptStateException the image is damaged; there is no file
     * @throws DirectoryMismatchException something has that name; it was not touched
     * @throws DirectoryUnusableException it cannot be written; there is no file
     */
    Image exportTo(Image image, Path file);

    /**
     * Writes the live state at one exact position to one file, as {@link #exportTo} does, without using any image on the disk: for when all of them are bad.
     * Writes go on meanwhile.
     */
    Image dumpTo(Path file);

    /**
     * Replays the newest image and the journal behind it in a scratch place and compares the result with the live state: the fingerprints that are kept up to
     * date, those computed from every record, and the records one by one when these differ. Reads both states once. Runs by itself from time to time, see
     * {@link CheckpointPolicy#auditEvery}.
     */
    Audited audit();

    /** How checkpoints have been going and who holds the journal back. Never blocks. */
    CheckpointStatus status();

    /**
     * What a verification read.
     *
     * @param records live records counted into the fingerprint
     */
    record Verified(Image image, long records, Duration elapsed) {}

    /**
     * What an audit found.
     *
     * @param image what it began with
     * @param position where the replay and the live state were compared
     * @param entries journal entries replayed
     * @param agrees whether they are equal
     * @param difference the first differing table and key with both versions; empty when they agree
     */
    record Audited(
            Image image, LogPosition position, long entries, boolean agrees, String difference, Duration elapsed) {}
}
