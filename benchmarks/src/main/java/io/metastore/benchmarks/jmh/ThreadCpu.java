package io.metastore.benchmarks.jmh;

import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Processor time of the measuring thread alone, which other load on the machine disturbs less than the score. The work RocksDB does on threads of its own
 * is not in it.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class ThreadCpu {
    /** Counter, read and reset by JMH. */
    public long cpuNanos;
    /** Counter, read and reset by JMH. */
    public long puts;

    static long now() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    void count(long since, long done) {
        cpuNanos += now() - since;
        puts += done;
    }
}
