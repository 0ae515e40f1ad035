package io.metastore.raft.internal.store;

import io.metastore.api.Elections;
import io.metastore.raft.internal.node.CurrentNode;

/** The elections of whichever node the store has now. */
record CurrentElections(CurrentNode current) implements Elections {

    @Override
    public void pause() {
        current.get().cluster().elections().pause();
    }

    @Override
    public void resume() {
        current.get().cluster().elections().resume();
    }

    @Override
    public boolean isPaused() {
        return current.get().cluster().elections().isPaused();
    }
}
