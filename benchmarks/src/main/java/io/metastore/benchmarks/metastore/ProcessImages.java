package io.metastore.benchmarks.metastore;

import io.metastore.api.MetaStore;
import io.metastore.benchmarks.Images;
import java.io.IOException;
import java.util.List;

/**
 * The images of members in processes of their own.
 *
 * @param own of the member in this process, which leads
 * @param children the others that run now
 * @param stoppedAt last journal entry that the stopped member had applied
 */
record ProcessImages(MetaStore own, List<ChildMember> children, long stoppedAt) implements Images {

    @Override
    public void makeAtLeader() {
        own.checkpoints().create();
    }

    @Override
    public void makeEverywhere() throws IOException {
        for (ChildMember child : children) {
            child.beginImage();
        }
        own.checkpoints().create();
        for (ChildMember child : children) {
            child.answered();
        }
    }

    @Override
    public void makeInTurn(int turn) throws IOException {
        int place = turn % (1 + children.size());
        if (place == 0) {
            makeAtLeader();
        } else {
            ChildMember child = children.get(place - 1);
            child.beginImage();
            child.answered();
        }
    }

    @Override
    public boolean journalPurgedPastStopped() throws IOException {
        boolean purged = own.checkpoints().status().journalFirst() > stoppedAt + 1;
        for (ChildMember child : children) {
            purged &= child.standing().journalFirst() > stoppedAt + 1;
        }
        return purged;
    }

    @Override
    public long receivedBytes() throws IOException {
        long sum = 0;
        for (ChildMember child : children) {
            sum += child.standing().receivedBytes();
        }
        return sum;
    }
}
