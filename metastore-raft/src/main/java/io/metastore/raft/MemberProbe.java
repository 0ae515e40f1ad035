package io.metastore.raft;

import io.metastore.api.LogPosition;
import io.metastore.api.MetaStore;
import io.metastore.raft.internal.node.Node;
import io.metastore.raft.internal.store.RaftMetaStore;
import io.metastore.snapshot.state.AppliedState;
import java.time.Duration;

/**
 * What a test may look at in one member without asking the others, and how it ends one. Reads what the member has at this moment; callable from any
 * thread, also when there is no leader.
 *
 * @param name the member
 * @param leads whether it leads and is ready
 * @param term its term, -1 before it takes part
 * @param position how far it has applied the journal
 * @param revision its revision number
 * @param fingerprint of its state at that position
 */
public record MemberProbe(
        String name, boolean leads, long term, LogPosition position, long revision, String fingerprint) {

    private static final Duration GONE_MAX = Duration.ofSeconds(30);

    /** Looks at a store of this library. */
    public static MemberProbe of(MetaStore store) {
        Node node = node(store);
        AppliedState applied = node.state().current();
        return new MemberProbe(
                node.name(),
                node.leads(),
                node.term(),
                applied.position(),
                applied.revision().number(),
                applied.fingerprint());
    }

    /** The fingerprint worked out anew from every record; equal to the one kept, or the state is damaged. */
    public static String recomputeFingerprint(MetaStore store) {
        return node(store).state().recomputeFingerprint();
    }

    /** Native objects the store has not freed; none once it is closed, when this may be asked too. */
    public static int openNativeHandles(MetaStore store) {
        return node(store).state().openHandles();
    }

    /** Ends the store as if its process had died: no handing over, nothing flushed, links dead at once. Its directory is free then. */
    public static void kill(MetaStore store) {
        Node node = node(store);
        ((RaftMetaStore) store).current().abandon();
        awaitGone(node);
    }

    /** Closes the store, and waits until its directory is free: longer than {@link MetaStore#close} does on a machine with too much to do. */
    public static void close(MetaStore store) {
        store.close();
        awaitGone(node(store));
    }

    private static void awaitGone(Node node) {
        if (!node.awaitGone(GONE_MAX)) {
            throw new IllegalStateException("a member does not end: member=" + node.name() + " waited=" + GONE_MAX);
        }
    }

    private static Node node(MetaStore store) {
        if (store instanceof RaftMetaStore raft) {
            return raft.node();
        }
        throw new IllegalArgumentException(
                "not a store of this library: " + store.getClass().getName());
    }
}
