package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Capability;
import java.util.List;
import java.util.Set;

/** What can be measured. The names are those of the command line and of the results. */
public enum Workload {
    /** Durable writes, closed loop. */
    W1("durable writes"),
    /** Transactions that read four records and write two of them, closed loop over keys that exist. */
    W1C("closures of 4 reads, 2 writes"),
    /** The strongest read there is, closed loop over keys that exist. */
    W2("strongest reads"),
    /** Reads of one member's own state, closed loop over keys that exist. */
    W3("local reads"),
    /** 95 % of W2 and 5 % of W1. */
    W4("95 % strongest reads, 5 % writes"),
    /** How long one writer gets no acknowledgement around a stop of the leader. */
    W5("leader stopped"),
    /** How long it takes to open three members that hold many records. */
    W6("reopened"),
    /** How long it takes to open three members that died with many transactions past their images. */
    W6I("reopened past an image"),
    /** Memory and disk of three members that hold many records. */
    W7("footprint"),
    /** How long an image of many records takes, what images leave on the disk, and what writers notice. */
    CKPT("images under writes"),
    /** How long a member takes to get level that needs an image, and what writers notice. */
    SHIP("image shipped under writes"),
    /** How long a member takes to get level, and to count again, that has lost all it had, and what writers notice. */
    W8("wiped member under writes"),
    /** How fast an image is verified, exported and imported; values that do not compress. */
    ARCHIVE("archived, random values"),
    /** The same with values that compress as metadata does. */
    ARCHIVEC("archived, compressible values");

    private final String title;

    Workload(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }

    /** The numbers of callers it is measured with unless told otherwise. */
    public List<Integer> defaultCallers() {
        return switch (this) {
            case W1 -> List.of(1, 16, 128, 512);
            case W2, W4 -> List.of(128);
            case W1C, W3, CKPT, SHIP, W8 -> List.of(16);
            case W5, W6, W6I, W7, ARCHIVE, ARCHIVEC -> List.of(1);
        };
    }

    /** Whether {@code --callers} means anything to it: the lifecycle workloads have one number only. */
    public boolean callersChosen() {
        return switch (this) {
            case W1, W1C, W2, W3, W4, CKPT, SHIP, W8 -> true;
            case W5, W6, W6I, W7, ARCHIVE, ARCHIVEC -> false;
        };
    }

    /** What a driver must be able to do to take part. */
    public Set<Capability> required() {
        return switch (this) {
            case W1C -> Set.of(Capability.TRANSACTIONS);
            case W2, W4 -> Set.of(Capability.STRONG_READ);
            case W3 -> Set.of(Capability.LOCAL_READ);
            case W5 -> Set.of(Capability.LEADER_STOP);
            case W6I -> Set.of(Capability.IMAGES, Capability.CRASH);
            case CKPT -> Set.of(Capability.IMAGES);
            case SHIP -> Set.of(Capability.IMAGES, Capability.SHIPPING);
            case W8 -> Set.of(Capability.IMAGES, Capability.SHIPPING, Capability.WIPE);
            case ARCHIVE, ARCHIVEC -> Set.of(Capability.IMAGES, Capability.ARCHIVE);
            case W1, W6, W7 -> Set.of();
        };
    }
}
