package io.metastore.api;

import java.time.Duration;

/** How fresh a read must be. Every mode sees whole transactions only, and never a state older than this member has shown before. */
public sealed interface ReadMode {

    /**
     * Sees every write that was acknowledged to anybody before the read began. Needs a leader with a quorum, at followers and observers
     * too.
     */
    record Linearizable() implements ReadMode {}

    /** Whatever this member has applied, which may be arbitrarily old when it is cut off; needs nobody else and never waits. */
    record Local() implements ReadMode {}

    /**
     * Waits until this member has applied the revision; needs nobody else once it has. Ends with {@link RevisionLostException} when a recovery went on without it: numbers
     * are given again then, and the state would not be what the reader has seen.
     */
    record AtLeast(Revision revision) implements ReadMode {}

    /**
     * Sees every write acknowledged up to this long before the read began; asks the leader only when this member does not know that.
     *
     * @param lag not negative; zero is as good as linearizable
     */
    record MaxLag(Duration lag) implements ReadMode {
        public MaxLag {
            if (lag.isNegative()) {
                throw new IllegalArgumentException("lag must not be negative: lag=" + lag);
            }
        }
    }

    /** The default: see {@link Linearizable}. */
    static ReadMode linearizable() {
        return new Linearizable();
    }

    /** See {@link Local}. */
    static ReadMode local() {
        return new Local();
    }

    /** For reading one's own writes at another member: see {@link AtLeast}. */
    static ReadMode atLeast(Revision revision) {
        return new AtLeast(revision);
    }

    /** See {@link MaxLag}. */
    static ReadMode maxLag(Duration lag) {
        return new MaxLag(lag);
    }
}
