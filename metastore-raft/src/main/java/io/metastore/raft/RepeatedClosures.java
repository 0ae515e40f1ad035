package io.metastore.raft;

import io.metastore.raft.internal.assembly.ClosuresAddon;

/**
 * Runs the body of every transaction once in vain before it runs in earnest, so that side effects show: a body that adds to a counter of its own
 * counts twice. For tests; given to {@link io.metastore.api.MetaStore.Builder#with}.
 *
 * <p>Of the first run nothing is kept: no write, no {@code afterCommit} action, no result, no exception; only an {@link Error} ends the call. What
 * the call does and returns is that of the run that follows, which is repeated after conflicts as ever.
 */
public final class RepeatedClosures implements ClosuresAddon {

    @Override
    public String name() {
        return "repeated-closures";
    }
}
