package io.metastore.raft.internal.node;

import io.metastore.api.Fate;
import io.metastore.api.Revision;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A revision that is waited for. In one epoch a number is given once, so a state that has come so far contains it; a number of an epoch that ended may have been given
 * again to another transaction, so then its fate decides. Used by one thread.
 */
final class AwaitedRevision implements BooleanSupplier {

    private final Revision revision;
    private final EpochName directory;
    private final Supplier<Revision> applied;
    private final Function<Revision, Fate> fates;

    /** The epoch of the state for which {@link #fate} was found; 0 before. */
    private long judged;

    private @Nullable Fate fate;

    /**
     * @param directory the epoch this member works in
     * @param applied what the state contains
     * @param fates what became of a revision, by that state; asked once for each of its epochs
     */
    AwaitedRevision(
            Revision revision, EpochName directory, Supplier<Revision> applied, Function<Revision, Fate> fates) {
        this.revision = revision;
        this.directory = directory;
        this.applied = applied;
        this.fates = fates;
    }

    /** Whether the waiting is over: the state contains it, or it is lost. */
    @Override
    public boolean getAsBoolean() {
        Revision now = applied.get();
        long epoch = directory.of(now.epoch());
        boolean reached = now.number() >= revision.number() && epoch >= revision.epoch();
        if (epoch <= revision.epoch()) {
            return reached;
        }
        if (judged != now.epoch()) { // Looked at before it is asked: a beginning that is applied meanwhile is looked at
            // the next time.
            judged = now.epoch();
            fate = fates.apply(revision);
        }
        // As long as the beginning of the epoch is not applied a number says nothing.
        return lost() != null || (reached && (now.epoch() == epoch || isKept()));
    }

    /** Why it will never be there; null when that is not known. */
    @Nullable
    String lost() {
        if (directory.isBehind(revision)) {
            return "epoch " + directory.epoch() + " began without the entries behind index " + directory.behind();
        }
        Fate found = fate;
        return found != null && found.kind() == Fate.Kind.LOST ? found.reason() : null;
    }

    private boolean isKept() {
        Fate found = fate;
        return found != null && found.kind() == Fate.Kind.KEPT;
    }
}
