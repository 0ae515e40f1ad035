package io.metastore.recovery.internal.journal;

import com.google.protobuf.CodedInputStream;
import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.LoggedMembership;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The file {@code raft-meta.conf}: one entry of the journal that changes the membership, without length and checksum. */
public final class StoredMembership {
    private static final int TERM = 1;
    private static final int INDEX = 2;
    private static final int MEMBERSHIP = 4;

    private StoredMembership() {}

    /**
     * Reads it.
     *
     * @throws IOException these bytes are no such entry; that some of them are wrong need not show
     */
    public static LoggedMembership decode(byte[] bytes) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        long term = 0;
        long index = 0;
        ByteBuffer members = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case TERM << 3 -> term = in.readUInt64();
                case INDEX << 3 -> index = in.readUInt64();
                case MEMBERSHIP << 3 | 2 -> members = ByteBuffer.wrap(in.readByteArray());
                default -> {
                    if (!in.skipField(tag)) {
                        throw new IOException("end of a group that did not begin: tag=" + tag);
                    }
                }
            }
        }
        if (members == null || term < 0 || index < -1) {
            throw new IOException("no membership: term=" + term + " index=" + index);
        }
        return MembershipDecoder.decode(new LogPosition(term, index), members);
    }
}
