package io.metastore.benchmarks.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import io.metastore.benchmarks.PutEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of one member in memory; written by the thread that applies the log, read by any. */
final class HashMapStateMachine extends StateMachineAdapter {
    private static final Logger log = LoggerFactory.getLogger(HashMapStateMachine.class);
    private static final String FILE = "records";

    private final ConcurrentMap<String, byte[]> records = new ConcurrentHashMap<>();

    @Override
    public void onApply(Iterator entries) {
        while (entries.hasNext()) {
            PutEntry.apply(entries.getData().duplicate(), records);
            Closure done = entries.done();
            if (done != null) {
                done.run(Status.OK());
            }
            entries.next();
        }
    }

    /** Copies the references here, as the map must not change meanwhile, and writes them on a thread of its own, as is usual with this library. */
    @Override
    public void onSnapshotSave(SnapshotWriter writer, Closure done) {
        Map<String, byte[]> copy = new HashMap<>(records);
        Thread saving = new Thread(() -> done.run(save(copy, writer)), "jraft-save");
        saving.setDaemon(true);
        saving.start();
    }

    @Override
    public boolean onSnapshotLoad(SnapshotReader reader) {
        try {
            records.clear();
            RecordsFile.read(Path.of(reader.getPath(), FILE), records);
            return true;
        } catch (IOException e) {
            log.error("cannot load a snapshot: path={}", reader.getPath(), e);
            return false;
        }
    }

    byte @Nullable [] read(String key) {
        return records.get(key);
    }

    private static Status save(Map<String, byte[]> copy, SnapshotWriter writer) {
        try {
            RecordsFile.write(Path.of(writer.getPath(), FILE), copy);
            return writer.addFile(FILE) ? Status.OK() : new Status(RaftError.EIO, "the file was not accepted");
        } catch (IOException e) {
            return new Status(RaftError.EIO, "cannot save a snapshot: %s", e);
        }
    }
}
