package io.metastore.snapshot.state;

import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.RocksCursor;
import io.metastore.snapshot.internal.rocksdb.RocksView;
import java.util.function.LongConsumer;

/** Computes the fingerprint from every record there is, to compare with the one that was kept up to date. */
final class FingerprintScan {

    private static final int REPORTED_EVERY = 4096;

    private FingerprintScan() {}

    /**
     * Reads the headers of all records.
     *
     * @param records told how many were read, every few thousand and at the end
     */
    static String of(RocksView view, LongConsumer records) {
        Fingerprint sum = new Fingerprint();
        long count = 0;
        try (RocksCursor cursor = view.cursor(Family.DATA, new byte[0], null, false)) {
            RocksCursor.Row row = cursor.next(RecordHeader.BYTES);
            while (row != null) {
                sum.add(DataKeys.table(row.key()), DataKeys.userKey(row.key()), RecordHeader.read(row.value()));
                if (++count % REPORTED_EVERY == 0) {
                    records.accept(count);
                }
                row = cursor.next(RecordHeader.BYTES);
            }
        }
        LoadedState.registry(view).tables().forEach(sum::add);
        try (RocksCursor cursor = LoadedState.kind(view, SystemRecords.SEQUENCES)) {
            for (RocksCursor.Row row = cursor.next(); row != null; row = cursor.next()) {
                sum.add(SystemRecords.name(row.key()), SystemRecords.number(row.value()));
            }
        }
        records.accept(count);
        return Fingerprint.text(sum.high(), sum.low());
    }
}
