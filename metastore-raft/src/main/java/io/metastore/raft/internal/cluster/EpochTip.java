package io.metastore.raft.internal.cluster;

import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.state.AppliedState;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Notes the revision at the last entry that an epoch took over, when the apply thread passes it: keys with a later one were written in the epoch. A member that was
 * killed behind the tip, before the beginning was committed, does not know any more.
 */
public final class EpochTip {

    static final long UNKNOWN = -1;

    private final Supplier<AppliedState> state;
    private final long index;
    /** Written by the apply thread, once. */
    private volatile long revision = UNKNOWN;

    private boolean passed;

    public EpochTip(Optional<Genesis> genesis, Supplier<AppliedState> state) {
        this.state = state;
        this.index = genesis.map(each -> each.tip().index()).orElse(Long.MAX_VALUE);
    }

    /** The apply thread is about to apply the entry at this index. */
    public void before(long next) {
        if (passed || next <= index) {
            return;
        }
        passed = true;
        AppliedState now = state.get();
        if (now.position().index() <= index) {
            revision = now.revision().number();
        }
    }

    /** Number of that revision; {@link #UNKNOWN} when it is not known. */
    long revision() {
        return revision;
    }
}
