package io.metastore.raft.internal.assembly;

import io.metastore.raft.internal.node.CurrentNode;
import io.metastore.raft.internal.node.Node;
import io.metastore.raft.internal.node.NodeOpener;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.MemberDirectory;
import java.util.function.Function;

/** Opens a store's directory again as it was opened before. */
record Reopening(Function<MemberDirectory, NodeOpener> opener) implements CurrentNode.Reopening {

    @Override
    public Node open(MemberDirectory held) {
        return opener.apply(held).reopen(held);
    }

    @Override
    public boolean mayRejoin(MemberDirectory held) {
        return opener.apply(held).mayRejoin(held);
    }

    @Override
    public Runnable listen(MemberDirectory held, Transport.Handler handler) {
        return opener.apply(held).listen(held, handler);
    }

    @Override
    public void rejoin(MemberDirectory held, String told) {
        opener.apply(held).rejoin(held, told);
    }
}
