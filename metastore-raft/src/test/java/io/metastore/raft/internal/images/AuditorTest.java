package io.metastore.raft.internal.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Checkpoints.Audited;
import io.metastore.api.LogPosition;
import io.metastore.api.Progress.Operation;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.ImageFacts;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.Lineage;
import io.metastore.snapshot.image.PendingImage;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.LostRecord;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Incident I24: a record got lost on its way to the disk, and position, revision and the fingerprint that is kept up to date know nothing of it. */
class AuditorTest {

    private static final UUID SESSION = new UUID(1, 1);
    private static final int IMAGE_AT = 50;
    private static final int ENTRIES = 80;

    private final DiskFileLayer files = new DiskFileLayer();
    private final List<Auditor.Entry> journal = new ArrayList<>();
    private Path directory;
    private ImageStore images;

    @BeforeEach
    void writeEntriesAndMakeAnImageInBetween(@TempDir Path temporary) throws IOException {
        directory = temporary.toRealPath();
        images = ImageStore.open(files, directory.resolve("image"), new Lineage(new UUID(1, 2), "main", 1));
        add(new JournalOp.RegisterTable(new TableRecord(0, "t", "utf8", "utf8", 1)));
        for (int i = 1; i < ENTRIES; i++) {
            add(new JournalOp.Put(1, bytes("key" + i), 1, bytes("value" + i)));
        }
        try (MetaState live = open()) {
            apply(live, 0, IMAGE_AT);
            try (PendingImage pending = images.begin()) {
                Membership alone = new Membership(
                        1, true, 0, List.of(new Membership.Member("fe1", "fe1:1", MemberRole.VOTER, Optional.empty())));
                pending.persist(
                        live.checkpoint(pending.directory()), ImageFacts.checkpoint("fe1", alone, null, Instant.EPOCH));
            }
            apply(live, IMAGE_AT, ENTRIES);
        }
    }

    private Path state() {
        return directory.resolve("state");
    }

    private MetaState open() {
        return MetaState.open(state(), MetaState.Options.defaults("live"), CommandRuntime.NONE);
    }

    private void add(JournalOp op) {
        long index = journal.size();
        byte[] batch = JournalCodec.encodeBatch(new JournalBatch(
                SESSION, index + 1, List.<JournalTransaction>of(new Changes(-1, List.of(), List.of(op), List.of()))));
        journal.add(new Auditor.Entry(
                new LogPosition(1, index), ByteBuffer.wrap(JournalCodec.encodeEntry(1_000, 0, batch))));
    }

    private void apply(MetaState state, int from, int to) {
        for (Auditor.Entry entry : journal.subList(from, to)) {
            state.apply(entry.position(), entry.bytes().duplicate());
        }
    }

    private Audited audit() throws IOException {
        return audit(Pace.FULL);
    }

    private Audited audit(Pace pace) throws IOException {
        try (MetaState live = open()) {
            Scratch scratch = new Scratch(files, directory.resolve("scratch"));
            scratch.empty();
            Auditor auditor = new Auditor(
                    live,
                    images,
                    scratch,
                    files,
                    CommandRuntime.NONE,
                    index -> new Auditor.Entry(
                            journal.get((int) index).position(),
                            journal.get((int) index).bytes().duplicate()));
            return LongWork.run(
                    "fe1", Operation.AUDIT, progress -> {}, () -> false, work -> auditor.audit(work.at(pace)));
        }
    }

    @Test
    void whatWasReallyWrittenAgrees() throws IOException {
        Audited audited = audit();
        assertThat(audited.agrees()).as(audited.difference()).isTrue();
        assertThat(audited.entries()).isEqualTo(ENTRIES - IMAGE_AT);
        assertThat(audited.position()).isEqualTo(new LogPosition(1, ENTRIES - 1));
    }

    @Test
    void itRestsWhileItReplaysAndWhileItReads() throws IOException {
        AtomicLong clock = new AtomicLong();
        AtomicInteger rests = new AtomicInteger();
        // As if each piece of work took 20 ms.
        Pace pace = new Pace(() -> clock.addAndGet(20_000_000), nanos -> rests.incrementAndGet(), () -> false);
        assertThat(audit(pace).agrees()).isTrue();
        assertThat(rests).as("each entry, and the end of each state").hasValueGreaterThan(ENTRIES - IMAGE_AT + 1);
    }

    @Test
    void aRecordThatTheLiveStateLostIsNamed() throws IOException {
        String lost = LostRecord.lose(files, state());
        Audited audited = audit();
        assertThat(audited.agrees()).isFalse();
        assertThat(audited.difference())
                .contains(lost)
                .contains("live: revision=")
                .contains("ofRecords=");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
