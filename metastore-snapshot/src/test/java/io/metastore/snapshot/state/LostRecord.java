package io.metastore.snapshot.state;

import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.RocksCursor;
import io.metastore.snapshot.internal.rocksdb.RocksSettings;
import io.metastore.snapshot.internal.rocksdb.RocksStore;
import io.metastore.snapshot.internal.rocksdb.RocksView;
import io.metastore.snapshot.internal.rocksdb.WriteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Takes a record out of a state that is not open, behind the back of everything that counts. */
public final class LostRecord {

    private LostRecord() {}

    /** Returns what is legible of its key. */
    public static String lose(FileLayer files, Path state) {
        try (RocksStore store =
                RocksStore.open(files, state, new RocksSettings("tampered", 8 << 20, 8 << 20, 64, 1), () -> false)) {
            byte[] key;
            try (RocksView view = store.latest();
                    RocksCursor cursor = view.cursor(Family.DATA, new byte[0], null, false)) {
                key = cursor.next().key();
            }
            WriteBuffer loss = new WriteBuffer();
            loss.delete(Family.DATA, key, key.length);
            store.write(loss);
            return new String(key, StandardCharsets.UTF_8).replaceAll("[^ -~]", "");
        }
    }
}
