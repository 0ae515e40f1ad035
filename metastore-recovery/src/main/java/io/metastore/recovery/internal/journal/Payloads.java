package io.metastore.recovery.internal.journal;

import com.google.protobuf.CodedInputStream;
import io.metastore.recovery.journal.EntryVisitor.ScannedEntry;
import io.metastore.recovery.journal.LoggedMembership;
import java.io.IOException;

/** What entries say that carry no command. */
public final class Payloads {
    private static final int COMMIT_INDEX = 1;

    private Payloads() {}

    /**
     * Of an entry of kind MEMBERSHIP.
     *
     * @throws IOException it is not understood
     */
    public static LoggedMembership membership(ScannedEntry entry) throws IOException {
        return MembershipDecoder.decode(entry.position(), entry.payload());
    }

    /**
     * The index that an entry of kind COMMIT_HINT says is committed.
     *
     * @throws IOException it is not understood
     */
    public static long commitIndex(ScannedEntry entry) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(entry.payload());
        long index = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == COMMIT_INDEX << 3) {
                index = in.readUInt64();
            } else if (!in.skipField(tag)) {
                throw new IOException("end of a group that did not begin: tag=" + tag);
            }
        }
        return index;
    }
}
