package io.metastore.raft.internal.transport;

import java.io.IOException;

/** Members of one kind of network, for tests that hold over each kind. Closing it closes every member. */
interface TestMembers extends AutoCloseable {

    /** An address that nobody has yet. */
    String newAddress();

    /** A member that does not listen yet. */
    Transport open(String address) throws IOException;

    @Override
    void close();
}
