package io.metastore.benchmarks.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import io.metastore.benchmarks.PutEntry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The records of one member in memory; written by the thread that applies the log, read by any. */
final class HashMapStateMachine extends StateMachineAdapter {
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

    byte @Nullable [] read(String key) {
        return records.get(key);
    }
}
