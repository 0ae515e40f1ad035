package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.Member;
import java.nio.file.Path;
import java.util.List;

/**
 * One workload on one system with one number of callers, measured once, in this JVM.
 *
 * @param repetition from 1
 * @param directory of this cell alone; W6 may be given one that an earlier cell of W6 has filled
 */
public record Cell(Driver driver, Workload workload, int callers, int repetition, Path directory, Settings settings) {
    /** Whether the driver can do what the workload needs. */
    public boolean supported() {
        return driver.capabilities().containsAll(workload.required());
    }

    /** Whether {@link #prepare} has anything to do. */
    public boolean needsPreparation() {
        return workload == Workload.W6;
    }

    /** Leaves on disk what the workload expects to find there. Apart from measuring, so that each has a JVM of its own. */
    public void prepare() throws Exception {
        if (needsPreparation()) {
            new LifecycleWorkloads(this).fill();
        }
    }

    /** Opens the system, measures, closes it. */
    public Measurement measure() throws Exception {
        return switch (workload) {
            case W1, W1C, W2, W3, W4 -> new LoopWorkloads(this).measure();
            case W5 -> new LifecycleWorkloads(this).failover();
            case W6 -> new LifecycleWorkloads(this).reopen();
            case W7 -> new LifecycleWorkloads(this).footprint();
        };
    }

    Cluster open() throws Exception {
        List<Member> members = MemberDirectories.in(directory);
        return driver.open(members);
    }
}
