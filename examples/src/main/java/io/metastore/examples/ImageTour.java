package io.metastore.examples;

import io.metastore.api.Checkpoints;
import io.metastore.api.Checkpoints.Audited;
import io.metastore.api.Checkpoints.Verified;
import io.metastore.api.Entry;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Snapshot;
import io.metastore.api.TableDef;
import io.metastore.examples.Catalog.Edit;
import io.metastore.examples.Catalog.EditKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** The act of images: one is made, verified, exported, and a new store begins with it; the leader's state is held against its journal. */
final class ImageTour {

    private static final List<TableDef<?, ?>> TABLES =
            List.of(Catalog.MODULES, Catalog.PACKAGES, Catalog.CLASSES, Catalog.SUBTYPES, Catalog.NOTES, Catalog.EDITS);

    private final MetaStore store;
    private final String member;
    private final Path directory;
    private final ProgressBars bars;
    private final Report report;

    private ImageTour(MetaStore store, String member, Path directory, ProgressBars bars, Report report) {
        this.store = store;
        this.member = member;
        this.directory = directory;
        this.bars = bars;
        this.report = report;
    }

    /**
     * Plays it at the leader, to which nobody writes meanwhile.
     *
     * @param directory empty; for the exported file and the new store
     */
    static void play(Members members, Path directory, ProgressBars bars, Report report) throws IOException {
        report.act("Make an image, verify it, begin a new store with it");
        ImageTour tour = new ImageTour(members.leader(), members.leaderName(), directory, bars, report);
        Image image = tour.make();
        tour.verify(image);
        Path file = tour.export(image);
        tour.importFrom(file, image);
        tour.audit();
    }

    private Image make() {
        Checkpoints checkpoints = store.checkpoints();
        long start = System.nanoTime();
        Revision before = store.revision();
        Image image = checkpoints.create();
        Duration took = Report.since(start);
        report.line(
                "%s made %s at revision %s: %s in %d files, %s",
                member,
                image.name(),
                image.revision(),
                Report.megabytes(image.bytes()),
                image.files(),
                Report.seconds(took));
        List<Image> images = checkpoints.list();
        for (Image each : images) {
            report.line(
                    "  %-12s  revision %6s  %9s  %s",
                    each.name(), each.revision(), Report.megabytes(each.bytes()), each.provenance());
        }
        report.expect(
                images.get(0).equals(image) && image.revision().compareTo(before) >= 0,
                "the newest image holds everything that was written");
        return image;
    }

    private void verify(Image image) {
        Verified verified = store.checkpoints().verify(image);
        report.line("verified: %,d records in %s", verified.records(), Report.seconds(verified.elapsed()));
        report.expect(
                verified.image().fingerprint().equals(image.fingerprint()),
                "every file, block and record is as it was when the image was made");
    }

    private Path export(Image image) throws IOException {
        Path file = directory.resolve("catalog.image");
        long start = System.nanoTime();
        store.checkpoints().exportTo(image, file);
        report.line(
                "exported to one file in %s: %s, %.0f %% of the image",
                Report.seconds(Report.since(start)),
                Report.megabytes(Files.size(file)),
                100.0 * Files.size(file) / image.bytes());
        return file;
    }

    private void importFrom(Path file, Image image) {
        long start = System.nanoTime();
        try (MetaStore imported = MetaStore.builder(directory.resolve("imported"))
                .importFrom(file)
                .progress(bars)
                .open()) {
            report.line(
                    "a new store opened from the file in %s, at revision %s",
                    Report.seconds(Report.since(start)), imported.revision());
            long equal = equalRecords(imported);
            report.expect(equal >= 0, "its %,d records are those of the cluster, with their versions", equal);
            Revision next = imported.table(Catalog.EDITS)
                    .put(new EditKey("imported", 1), new Edit("java.base", "the first write of the new store"));
            report.expect(
                    next.compareTo(image.revision()) > 0,
                    "its first write has revision %s: revisions go on where they were",
                    next);
            report.expect(
                    !imported.status().clusterId().equals(store.status().clusterId()),
                    "it is a cluster of its own, with an identity of its own");
        }
    }

    private void audit() {
        Audited audited = store.checkpoints().audit();
        report.line(
                "audit: %s and %,d journal entries behind it replayed in a scratch place up to index %d, in %s",
                audited.image().name(),
                audited.entries(),
                audited.position().index(),
                Report.seconds(audited.elapsed()));
        report.expect(
                audited.agrees(),
                "the result is the live state%s",
                audited.agrees() ? "" : ", but for " + audited.difference());
    }

    /** How many records the store and the imported one have, or -1 when any differs. */
    private long equalRecords(MetaStore imported) {
        return store.read(
                ReadMode.linearizable(),
                here -> imported.read(ReadMode.linearizable(), there -> {
                    long sum = 0;
                    for (TableDef<?, ?> table : TABLES) {
                        long equal = equalRecords(table, here, there);
                        if (equal < 0) {
                            return -1L;
                        }
                        sum += equal;
                    }
                    return sum;
                }));
    }

    private static <K, V> long equalRecords(TableDef<K, V> table, Snapshot here, Snapshot there) {
        try (Stream<Entry<K, V>> one = here.in(table).stream(Range.all());
                Stream<Entry<K, V>> other = there.in(table).stream(Range.all())) {
            Iterator<Entry<K, V>> left = one.iterator();
            Iterator<Entry<K, V>> right = other.iterator();
            long equal = 0;
            while (left.hasNext() && right.hasNext()) {
                if (!left.next().equals(right.next())) {
                    return -1;
                }
                equal++;
            }
            return left.hasNext() || right.hasNext() ? -1 : equal;
        }
    }
}
