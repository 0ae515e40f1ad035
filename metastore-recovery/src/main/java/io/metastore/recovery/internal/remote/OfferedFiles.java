package io.metastore.recovery.internal.remote;

import io.metastore.api.LogPosition;
import io.metastore.raft.offline.OfflineJournal;
import io.metastore.recovery.internal.journal.SegmentFile;
import io.metastore.recovery.internal.journal.SegmentReader;
import io.metastore.recovery.internal.remote.FetchAnswer.GoneException;
import io.metastore.recovery.internal.reset.MemberJournal;
import io.metastore.recovery.internal.survey.ReadingLayer;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** Journal and images in a directory, for whoever fetches them; read beside a member that runs or not, and never changed. */
final class OfferedFiles {
    private static final Pattern JOURNAL = Pattern.compile("log_(inprogress_[0-9]{1,18}|[0-9]{1,18}-[0-9]{1,18})");
    private static final Pattern IMAGE = Pattern.compile("image\\.[0-9]{1,18}/[A-Za-z0-9][A-Za-z0-9._-]*");

    private final FileLayer files = new ReadingLayer();
    private final OfflineJournal journal;
    private final Path images;

    private OfferedFiles(OfflineJournal journal, Path images) {
        this.journal = journal;
        this.images = images;
    }

    /** Answers a request of a {@link FetchRequest}. */
    static byte[] answer(Path directory, byte[] request) {
        FetchRequest wanted = FetchRequest.decode(request);
        try {
            OfferedFiles offered = of(directory, wanted.epoch());
            return switch (wanted.kind()) {
                case OFFER -> FetchAnswer.of(offered.offer(wanted.from(), wanted.image()));
                case CHECKSUM -> FetchAnswer.of(offered.checksum(wanted.file(), wanted.length()));
                case BYTES -> FetchAnswer.answered(offered.read(wanted.file(), wanted.offset(), wanted.length()));
            };
        } catch (GoneException e) {
            return FetchAnswer.gone(String.valueOf(e.getMessage()));
        } catch (NoSuchFileException e) {
            return FetchAnswer.gone("a file is not there any more: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("journal or images cannot be read: directory=" + directory, e);
        }
    }

    private static OfferedFiles of(Path directory, long epoch) throws GoneException {
        DirectoryInspection found = DirectoryInspection.of(new ReadingLayer(), directory);
        if (found.epoch().filter(live -> live == epoch).isEmpty()
                || found.group().isEmpty()) {
            throw new GoneException("it is in another epoch: asked=" + epoch + " found=" + found.epoch());
        }
        return new OfferedFiles(
                new OfflineJournal(
                        new ReadingLayer(),
                        found.journalDirectory().orElseThrow(),
                        found.group().get()),
                found.imageDirectory().orElseThrow());
    }

    /** Whether a file of a journal may be called so. */
    static boolean isOfJournal(String name) {
        return JOURNAL.matcher(name).matches();
    }

    /** Whether a file of an image may be called so. */
    static boolean isOfImage(String name) {
        return IMAGE.matcher(name).matches();
    }

    /** Where one has purged all up to an entry, there is less than was asked for. */
    private MemberJournal.Offer offer(long from, long image) throws IOException, GoneException {
        List<MemberJournal.File> offered = new ArrayList<>();
        LogPosition before = journal.before();
        for (SegmentFile file : SegmentFile.list(journal.entries())) {
            if (!file.open() && file.last() < from) {
                before = lastOf(file);
            } else {
                long bytes = file.open() ? readable(file) : files.size(file.path());
                if (bytes > 0) {
                    offered.add(
                            new MemberJournal.File(String.valueOf(file.path().getFileName()), bytes));
                }
            }
        }
        return new MemberJournal.Offer(before, offered, image < 0 ? List.of() : image("image." + image));
    }

    private List<MemberJournal.File> image(String name) throws IOException, GoneException {
        Path directory = images.resolve(name);
        if (files.kind(directory) != FileLayer.Kind.DIRECTORY) {
            throw new GoneException("it has no such image any more: image=" + name);
        }
        List<MemberJournal.File> offered = new ArrayList<>();
        for (String file : files.list(directory)) {
            offered.add(new MemberJournal.File(name + "/" + file, files.size(directory.resolve(file))));
        }
        return offered;
    }

    private static LogPosition lastOf(SegmentFile file) throws IOException {
        LogPosition last = LogPosition.NONE;
        try (SegmentReader reader = new SegmentReader(file)) {
            while (reader.advance()) {
                last = reader.entry().position();
            }
        }
        return last;
    }

    /** Without the room for more. */
    private static long readable(SegmentFile file) throws IOException {
        try (SegmentReader reader = new SegmentReader(file)) {
            boolean more = true;
            while (more) {
                more = reader.advance();
            }
            return reader.scan().readableBytes();
        }
    }

    int checksum(String name, long length) throws IOException, GoneException {
        CRC32C checksum = new CRC32C();
        for (long offset = 0; offset < length; ) {
            byte[] bytes = read(name, offset, length - offset);
            checksum.update(bytes);
            offset += bytes.length;
        }
        return (int) checksum.getValue();
    }

    byte[] read(String name, long offset, long length) throws IOException, GoneException {
        boolean ofImage = isOfImage(name);
        if (!(ofImage || isOfJournal(name)) || offset < 0 || length <= 0) {
            throw new IllegalArgumentException(
                    "not a piece of journal or image: file=" + name + " offset=" + offset + " length=" + length);
        }
        Path place = ofImage ? images : journal.entries();
        byte[] bytes = files.read(place.resolve(name), offset, (int) Math.min(FileLayer.COPY_BYTES, length));
        if (bytes.length == 0) {
            throw new GoneException("a file is shorter by now: file=" + name + " offset=" + offset);
        }
        return bytes;
    }
}
