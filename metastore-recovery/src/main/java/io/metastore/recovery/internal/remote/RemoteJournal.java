package io.metastore.recovery.internal.remote;

import io.metastore.api.MetastoreException;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.raft.remote.RemoteMember;
import io.metastore.raft.remote.Reply;
import io.metastore.recovery.internal.reset.MemberFetch;
import io.metastore.recovery.internal.reset.MemberJournal;
import java.time.Duration;

/** Fetches the journal of a member over the network. What is lost on the way or arrives damaged is asked for again, until the deadline has passed. For one thread. */
final class RemoteJournal implements MemberJournal {
    /** An answer that was lost on its way looks like a refusal, which is repeated. */
    private static final int REFUSALS_MAX = 5;

    private final RemoteMember member;
    private final MemberFetch wanted;
    private final long epoch;
    private final Duration deadline;

    /** @param member closed with this */
    RemoteJournal(RemoteMember member, MemberFetch wanted, long epoch, Duration deadline) {
        this.member = member;
        this.wanted = wanted;
        this.epoch = epoch;
        this.deadline = deadline;
    }

    @Override
    public Offer offer(long from, long image) {
        return ask(FetchRequest.offer(epoch, from, image), FetchAnswer::offer);
    }

    @Override
    public int checksum(String name, long bytes) {
        return ask(FetchRequest.checksum(epoch, name, bytes), FetchAnswer::checksumOf);
    }

    @Override
    public byte[] read(String name, long offset, int length) {
        return ask(FetchRequest.bytes(epoch, name, offset, length), bytes -> bytes);
    }

    private interface Decoding<T> {
        T of(byte[] content);
    }

    private <T> T ask(FetchRequest request, Decoding<T> decoding) {
        long end = System.nanoTime() + deadline.toNanos();
        String last;
        int refusals = 0;
        do {
            Reply reply = member.step(request.encode());
            last = reply.why();
            if (reply.kind() == Reply.Kind.REFUSED && ++refusals == REFUSALS_MAX) {
                throw refused(Reason.MEMBER_ANSWERS, "it does not give its journal: " + last);
            }
            if (reply.kind() == Reply.Kind.ANSWERED) {
                try {
                    return decoding.of(FetchAnswer.content(reply.bytes()));
                } catch (FetchAnswer.GoneException e) {
                    throw refused(Reason.CHANGED_SINCE, e.getMessage() + "; survey the copies again");
                } catch (IllegalArgumentException | MetastoreException e) {
                    last = String.valueOf(e.getMessage());
                }
            }
        } while (RemoteSteps.pause() && System.nanoTime() - end < 0);
        throw refused(
                Reason.SOURCE_SILENT,
                "it did not answer within " + deadline + ": " + last
                        + "; apply the plan again, what has arrived is kept");
    }

    private RecoveryRefusedException refused(Reason reason, String why) {
        return new RecoveryRefusedException(
                reason,
                "the journal of a member cannot be fetched: member=" + wanted.member() + " address=" + wanted.address()
                        + " because " + why + "; nothing was changed");
    }

    @Override
    public void close() {
        member.close();
    }
}
