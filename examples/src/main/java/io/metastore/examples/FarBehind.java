package io.metastore.examples;

import io.metastore.api.Image;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** The act of a member that comes back when the journals of the others do not reach back to it any more: it gets an image. */
final class FarBehind {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The journal is purged by files of 32 MB, so that much has to be written; into few records, to keep images small. */
    private static final int BURST = 40;

    private static final int BURSTS_MAX = 3;
    /** The journal is purged on the thread of the checkpoints, after the image is there. */
    private static final Duration PURGE_MAX = Duration.ofSeconds(2);

    private static final int KEYS = 4;
    private static final int BYTES = 900_000;

    private final Members members;
    private final Report report;
    private final SplittableRandom random = new SplittableRandom(1);
    private int written;

    private FarBehind(Members members, Report report) {
        this.members = members;
        this.report = report;
    }

    static void play(Members members, ProgressBars bars, Report report) {
        report.act("Stop a member until the journal has gone on without it");
        new FarBehind(members, report).play(bars);
    }

    private void play(ProgressBars bars) {
        String stopped = members.followerNames().get(0);
        long applied = applied(stopped);
        members.kill(stopped);
        report.line("%s stopped at index %,d", stopped, applied);
        boolean purged = goOnWithout(applied);
        report.expect(purged, "the journals of the others begin behind that: %s needs an image", stopped);
        report.lines(members.leader().status().toTable());

        Revision target = members.leader().revision();
        long receivedBefore = bars.received();
        long start = System.nanoTime();
        MetaStore back = members.start(stopped);
        back.awaitRevision(target, PATIENCE);
        Duration took = Report.since(start);
        List<Image> images = back.checkpoints().list();
        boolean received = images.stream().anyMatch(each -> each.provenance().startsWith("received"));
        report.line(
                "%s is level with revision %s after %s, %s received; its newest image: %s",
                stopped,
                target,
                Report.seconds(took),
                Report.megabytes(bars.received() - receivedBefore),
                images.isEmpty() ? "no image" : images.get(0).provenance());
        report.expect(received, "it began again with an image of another member");
    }

    /** Writes and makes images until no journal reaches back to the entry behind that index. */
    private boolean goOnWithout(long index) {
        boolean purged = false;
        for (int burst = 0; burst < BURSTS_MAX && !purged; burst++) {
            long start = System.nanoTime();
            write(BURST);
            report.line(
                    "%d attachments of %s written in %s",
                    BURST, Report.megabytes(BYTES), Report.seconds(Report.since(start)));
            checkpointEverywhere();
            write(1); // The journal is kept for the second newest image, so another one is needed.
            checkpointEverywhere();
            purged = awaitJournalBehind(index + 1);
        }
        report.line("the journals begin at index %,d", journalFirst());
        return purged;
    }

    private boolean awaitJournalBehind(long index) {
        long start = System.nanoTime();
        while (journalFirst() <= index && Report.since(start).compareTo(PURGE_MAX) < 0) {
            Thread.onSpinWait();
        }
        return journalFirst() > index;
    }

    private void write(int count) {
        Table<Long, byte[]> attachments = members.leader().table(Catalog.ATTACHMENTS);
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[BYTES];
            random.nextBytes(bytes);
            attachments.put((long) (written++ % KEYS), bytes);
        }
    }

    private void checkpointEverywhere() {
        members.all().forEach(store -> store.checkpoints().create());
    }

    /** Of the member that keeps most. */
    private long journalFirst() {
        return members.all().stream()
                .mapToLong(store -> store.checkpoints().status().journalFirst())
                .min()
                .orElseThrow();
    }

    private long applied(String member) {
        return members.leader().status().members().stream()
                .filter(each -> each.name().equals(member))
                .mapToLong(MemberStatus::applied)
                .findFirst()
                .orElseThrow();
    }
}
