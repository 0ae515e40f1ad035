package io.metastore.raft.internal.ratis;

import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * One submitted entry on its way into the journal. It remembers whether the journal has taken it, because the exceptions do not tell: Ratis
 * answers with the same exception before the append and after it.
 */
final class Submission implements Message {
    private final ByteString content;

    /** Set by the thread that appends, before the journal can hold the entry; never reset. */
    private volatile boolean appended;

    Submission(byte[] entry) {
        this.content = UnsafeByteOperations.unsafeWrap(entry);
    }

    @Override
    public ByteString getContent() {
        return content;
    }

    void markAppended() {
        appended = true;
    }

    /** False: the entry is certainly in no journal. */
    boolean mayBeAppended() {
        return appended;
    }

    @Override
    public String toString() {
        return "entry of " + content.size() + " bytes";
    }
}
