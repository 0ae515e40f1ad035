package io.metastore.recovery.internal.journal;

import com.google.protobuf.CodedInputStream;
import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.recovery.journal.LoggedMembership.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The configuration message of the journal's format. */
final class MembershipDecoder {
    private static final int VOTERS = 1;
    private static final int OLD_VOTERS = 2;
    private static final int OBSERVERS = 3;
    private static final int OLD_OBSERVERS = 4;
    private static final int PEER_ID = 1;
    private static final int PEER_ADDRESS = 2;

    private final List<Peer> voters = new ArrayList<>();
    private final List<Peer> oldVoters = new ArrayList<>();
    private final List<Peer> observers = new ArrayList<>();
    private final List<Peer> oldObservers = new ArrayList<>();

    private MembershipDecoder() {}

    /** @throws IOException these bytes are no such message, or one without voters */
    static LoggedMembership decode(LogPosition position, ByteBuffer message) throws IOException {
        MembershipDecoder decoder = new MembershipDecoder();
        decoder.read(CodedInputStream.newInstance(message));
        if (decoder.voters.isEmpty()) {
            throw new IOException("a membership without voters");
        }
        return new LoggedMembership(
                position, decoder.voters, decoder.observers, decoder.oldVoters, decoder.oldObservers);
    }

    private void read(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case VOTERS << 3 | 2 -> voters.add(peer(in));
                case OLD_VOTERS << 3 | 2 -> oldVoters.add(peer(in));
                case OBSERVERS << 3 | 2 -> observers.add(peer(in));
                case OLD_OBSERVERS << 3 | 2 -> oldObservers.add(peer(in));
                default -> skip(in, tag);
            }
        }
    }

    private static Peer peer(CodedInputStream in) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        String id = "";
        String address = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case PEER_ID << 3 | 2 -> id = in.readBytes().toStringUtf8();
                case PEER_ADDRESS << 3 | 2 -> address = in.readString();
                default -> skip(in, tag);
            }
        }
        in.popLimit(outer);
        return new Peer(id, address);
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new IOException("end of a group that did not begin: tag=" + tag);
        }
    }
}
