package io.metastore.recovery.internal.reset;

import io.metastore.raft.offline.OfflineJournal;
import io.metastore.recovery.internal.journal.JournalFilesScan;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.UndecodableEntryException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whether an epoch has been used since it began: by a write of the application, or by another member that came in. What the cluster records of itself, and that
 * sessions are opened, is no use.
 */
final class EpochUse {
    /** Tables and sequences of the cluster's own begin so; no application can take such a name. */
    private static final String OWN = "$";

    private final FileLayer files;
    private final EpochSuccession succession;
    private final Genesis genesis;

    /** Where each table was written to first. Entries name tables by number. */
    private final Map<Integer, Long> written = new TreeMap<>();

    /** Number of the table in which the epoch's beginning is recorded; -1 until that is seen. */
    private int clusterTable = -1;

    private String found = "";

    EpochUse(FileLayer files, EpochSuccession succession, Genesis genesis) {
        this.files = files;
        this.succession = succession;
        this.genesis = genesis;
    }

    /** What it was used for, in words; empty when it was not. */
    String found() {
        OfflineJournal journal = new OfflineJournal(
                files, succession.journalDirectory(genesis.epoch()), succession.group(genesis.epoch()));
        JournalScan scan = JournalFilesScan.scan(journal.entries(), this::look);
        for (LoggedMembership membership : scan.memberships()) {
            boolean others = membership.voters().size() + membership.observers().size() > 1;
            if (others && membership.position().index() > genesis.tip().index()) {
                note("other members entered at index " + membership.position().index());
            }
        }
        written.remove(clusterTable);
        written.values().stream().sorted().findFirst().ifPresent(index -> note("it was written to at index " + index));
        return found;
    }

    private void look(EntryVisitor.ScannedEntry entry) {
        long index = entry.position().index();
        if (index <= genesis.tip().index() || entry.kind() != EntryVisitor.Kind.COMMAND) {
            return;
        }
        try {
            for (JournalTransaction transaction :
                    JournalCodec.decodeEntry(entry.payload()).batch().transactions()) {
                look(index, transaction);
            }
        } catch (UndecodableEntryException e) {
            note("an entry cannot be read at index " + index + ": " + e.getMessage());
        }
    }

    private void look(long index, JournalTransaction transaction) {
        if (transaction instanceof JournalTransaction.Changes changes) {
            Stream.concat(changes.then().stream(), changes.otherwise().stream()).forEach(op -> look(index, op));
        } else if (transaction instanceof JournalTransaction.CommandCall call) {
            note("command " + call.name() + " was called at index " + index);
        }
    }

    private void look(long index, JournalOp op) {
        if (op instanceof JournalOp.Put put) {
            written.putIfAbsent(put.table(), index);
            if (isBeginning(put)) {
                clusterTable = put.table();
            }
        } else if (op instanceof JournalOp.Remove remove) {
            written.putIfAbsent(remove.table(), index);
        } else if (op instanceof JournalOp.RemoveRange remove) {
            written.putIfAbsent(remove.table(), index);
        } else if (op instanceof JournalOp.NextIds ids && !ids.sequence().startsWith(OWN)) {
            note("numbers of sequence " + ids.sequence() + " were taken at index " + index);
        } else if (op instanceof JournalOp.RegisterTable register
                && !register.table().name().startsWith(OWN)) {
            note("table " + register.table().name() + " was registered at index " + index);
        }
    }

    /** The record of this very recovery. */
    private boolean isBeginning(JournalOp.Put put) {
        String key = new String(put.key(), StandardCharsets.UTF_8);
        String value = new String(put.value(), StandardCharsets.UTF_8);
        return key.startsWith("lineage/") && value.contains(genesis.recovery().toString());
    }

    private void note(String what) {
        found = found.isEmpty() ? what : found;
    }
}
