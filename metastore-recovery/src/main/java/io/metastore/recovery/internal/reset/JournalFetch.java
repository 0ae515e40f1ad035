package io.metastore.recovery.internal.reset;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.raft.offline.OfflineJournal;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ImageProgress;
import io.metastore.snapshot.image.ImageVerification;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.PersistedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * Brings the end of the journal of a member of another process, and an image when there is a gap between it and what is here, beside the live epoch of the directory that
 * goes on, where no member looks, and reads it as a stranger would. What arrived stays when it is cut off; of that the next attempt keeps what has the checksum that the member has for it. For one thread.
 */
public final class JournalFetch {

    private static final String IMAGES = "image";

    /** Hears how many bytes have arrived, of how many. */
    public interface Progress {
        void arrived(long bytes, long of);
    }

    private final FileLayer files;
    private final MemberSteps members;
    private final MemberFetch wanted;
    private final FetchRate rate;
    private final Progress progress;
    private long arrived;
    private long all;

    public JournalFetch(FileLayer files, MemberSteps members, MemberFetch wanted, FetchRate rate, Progress progress) {
        this.rate = rate;
        this.files = files;
        this.members = members;
        this.wanted = wanted;
        this.progress = progress;
    }

    /**
     * Fetches it; durable and verified when it returns. Changes nothing that a member uses.
     *
     * @param target that goes on
     * @throws RecoveryRefusedException as for {@link MemberJournal}
     * @throws DirectoryUnusableException the disk refused: to be repeated
     */
    public void run(EpochSuccession target, ResetOrder order) {
        OfflineJournal place = new OfflineJournal(files, target.fetchedJournal(), target.group(order.epoch()));
        Path images = target.fetchedDirectory().resolve(IMAGES);
        try (MemberJournal journal = members.journal(wanted, order)) {
            MemberJournal.Offer offer = journal.offer(wanted.behind().index() + 1, wanted.imageIndex());
            clear(target.fetchedDirectory(), place, offer);
            place.prepare(offer.before());
            all = offer.bytes();
            for (MemberJournal.File file : offer.journal()) {
                fetch(journal, place.entries().resolve(file.name()), file);
            }
            place.force();
            if (wanted.image()) {
                fetchImage(journal, images, offer);
            }
            verify(place, order);
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "the journal of another member could not be fetched: member=" + wanted.member() + " directory="
                            + target.root() + " cause=" + e
                            + "; nothing was changed; what has arrived is kept until the recovery is applied again or aborted",
                    e);
        }
        if (wanted.image()) {
            verifyImage(images.resolve(imageName()), target.identity().clusterId(), order.epoch());
        }
    }

    private String imageName() {
        return "image." + wanted.imageIndex();
    }

    private void fetchImage(MemberJournal journal, Path images, MemberJournal.Offer offer) throws IOException {
        Path image = images.resolve(imageName());
        files.createDirectories(image);
        for (MemberJournal.File file : offer.image()) {
            fetch(journal, images.resolve(file.name()), file);
        }
        files.forceDirectory(image);
    }

    /** Of an earlier attempt, or of one before that of another member or epoch. */
    private void clear(Path fetched, OfflineJournal place, MemberJournal.Offer offer) throws IOException {
        keepOnly(place.directory(), Set.of(place.group().toString()));
        keepOnly(place.entries(), names(offer.journal()));
        if (wanted.image()) {
            keepOnly(fetched.resolve(IMAGES), Set.of(imageName()));
            keepOnly(fetched.resolve(IMAGES).resolve(imageName()), names(offer.image()));
        } else {
            files.deleteTree(fetched.resolve(IMAGES));
        }
    }

    private static Set<String> names(List<MemberJournal.File> offered) {
        return offered.stream()
                .map(file -> file.name().substring(file.name().indexOf('/') + 1))
                .collect(Collectors.toSet());
    }

    private void keepOnly(Path directory, Set<String> names) throws IOException {
        if (files.kind(directory) == Kind.DIRECTORY) {
            for (String name : files.list(directory)) {
                if (!names.contains(name)) {
                    files.deleteTree(directory.resolve(name));
                }
            }
        }
    }

    private void fetch(MemberJournal journal, Path path, MemberJournal.File file) throws IOException {
        long there = kept(journal, path, file);
        if (file.bytes() == 0) {
            files.write(path, 0, new byte[0]);
        }
        for (long offset = there; offset < file.bytes(); ) {
            progress.arrived(arrived + offset, all);
            rate.begin();
            byte[] bytes = journal.read(
                    file.name(), offset, (int) Math.min(rate.pieceBytes(FileLayer.COPY_BYTES), file.bytes() - offset));
            rate.arrived(bytes.length);
            files.write(path, offset, bytes);
            offset += bytes.length;
        }
        if (there < file.bytes() && checksum(path, file.bytes()) != journal.checksum(file.name(), file.bytes())) {
            files.delete(path);
            throw changed("a file is not what arrived of it: file=" + file.name());
        }
        files.force(path); // Also one that is whole: nobody knows how far an earlier attempt came.
        arrived += file.bytes();
        progress.arrived(arrived, all);
    }

    /** How much of an earlier attempt is good. */
    private long kept(MemberJournal journal, Path path, MemberJournal.File file) throws IOException {
        if (files.kind(path) == Kind.ABSENT) {
            return 0;
        }
        long there = files.size(path);
        if (there <= file.bytes() && checksum(path, there) == journal.checksum(file.name(), there)) {
            return there;
        }
        files.delete(path);
        return 0;
    }

    private int checksum(Path path, long length) throws IOException {
        CRC32C checksum = new CRC32C();
        for (long offset = 0; offset < length; ) {
            byte[] bytes = files.read(path, offset, (int) Math.min(FileLayer.COPY_BYTES, length - offset));
            if (bytes.length == 0) {
                throw new IOException("a file became shorter while it was read: file=" + path + " found=" + offset);
            }
            checksum.update(bytes);
            offset += bytes.length;
        }
        return (int) checksum.getValue();
    }

    /** It has the entries that it was fetched for, readable, and goes on from what is here. */
    private void verify(OfflineJournal place, ResetOrder order) throws IOException {
        SourceJournal found = SourceJournal.read(place, order.tip());
        boolean joins = wanted.behind().index() < 0 ? found.first() == 0 : found.goesOnFrom(wanted.behind());
        if (!joins || !found.last().equals(wanted.last())) {
            throw changed("its journal is not the one that was surveyed: first=" + found.first() + " behind="
                    + found.before() + " last=" + found.last() + " expectedBehind=" + wanted.behind()
                    + " expectedLast=" + wanted.last());
        }
    }

    /** As one that came from another member always is: every file, every block, every record. */
    private void verifyImage(Path image, UUID cluster, long epoch) {
        Path file = image.resolve(ImageManifest.FILE);
        try {
            ImageManifest manifest = ManifestCodec.decode(file, files.read(file));
            if (!manifest.clusterId().equals(cluster)
                    || manifest.epoch() != epoch
                    || !manifest.position().equals(wanted.behind())) {
                throw changed(
                        "its image is another one: image=" + manifest.position() + " expected=" + wanted.behind());
            }
            ImageVerification.verify(
                    files, new PersistedImage(image, manifest), ImageVerification.Depth.FULL, ImageProgress.NONE);
        } catch (CorruptStateException e) {
            throw new RecoveryRefusedException(
                    Reason.UNUSABLE_COPY,
                    "an image of another member is damaged: member=" + wanted.member() + " cause=" + e.getMessage()
                            + "; nothing was changed; delete that image there and survey again",
                    e);
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "an image that was fetched cannot be read: image=" + image + " cause=" + e
                            + "; nothing was changed; apply the recovery again when the disk is well",
                    e);
        }
    }

    private RecoveryRefusedException changed(String why) {
        return new RecoveryRefusedException(
                Reason.CHANGED_SINCE,
                "the journal of another member cannot be taken over: member=" + wanted.member() + " address="
                        + wanted.address() + " because " + why + "; nothing was changed; survey the copies again");
    }
}
