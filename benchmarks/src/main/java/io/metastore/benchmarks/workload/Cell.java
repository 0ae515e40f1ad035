package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Member;
import java.io.IOException;
import java.nio.file.Path;

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
        return workload == Workload.W6 || workload == Workload.W6I;
    }

    /** Leaves on disk what the workload expects to find there. Apart from measuring, so that each has a JVM of its own. */
    public void prepare() throws Exception {
        if (needsPreparation()) {
            new ReopenWorkload(this).fill();
        }
    }

    /** Opens the system, measures, closes it. */
    public Measurement measure() throws Exception {
        return switch (workload) {
            case W1, W1C, W2, W3, W4 -> new LoopWorkloads(this).measure();
            case W5 -> new LifecycleWorkloads(this).failover();
            case W6, W6I -> new ReopenWorkload(this).reopen();
            case W7 -> new LifecycleWorkloads(this).footprint();
            case CKPT -> new CheckpointWorkload(this).measure();
            case SHIP, W8 -> new ShippingWorkload(this).measure();
            case ARCHIVE, ARCHIVEC -> new ArchiveWorkload(this).measure();
        };
    }

    Cluster open() throws Exception {
        return open(ImagePlan.DEFAULT);
    }

    Cluster open(ImagePlan plan) throws Exception {
        return driver.open(MemberDirectories.in(directory), plan);
    }

    /** How many members keep the data of their own. */
    int membersWithData() throws IOException {
        int members = 0;
        for (Member member : MemberDirectories.in(directory)) {
            members += member.isNew() ? 0 : 1;
        }
        return members;
    }

    /** A measurement of this cell. */
    Measurement measurement(
            double opsPerSecond, Latencies latencies, double cpuMicrosPerOp, long errors, Figures figures) {
        return new Measurement(
                driver.name(),
                workload,
                callers,
                repetition,
                opsPerSecond,
                latencies.micros(50),
                latencies.micros(99),
                latencies.micros(99.9),
                cpuMicrosPerOp,
                errors,
                figures);
    }
}
