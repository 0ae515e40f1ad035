package io.metastore.recovery.internal.remote;

import io.metastore.api.MetastoreException;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.raft.remote.RemoteMember;
import io.metastore.raft.remote.Reply;
import io.metastore.recovery.internal.reset.MemberFetch;
import io.metastore.recovery.internal.reset.MemberJournal;
import io.metastore.recovery.internal.reset.MemberSeal;
import io.metastore.recovery.internal.reset.MemberSteps;
import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.recovery.internal.reset.Sealing;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * Takes steps of a recovery with members of other processes. A member that is being sealed, or that takes that back, closes its network in between, so it is asked
 * again and again until it says how that came out, or the deadline has passed. Callable from any thread.
 */
public final class RemoteSteps implements MemberSteps {
    private static final long PAUSE_MILLIS = 50;

    private final BiFunction<String, String, RemoteMember> connector;
    private final Duration deadline;

    /**
     * Prepares it.
     *
     * @param connector prepares to ask, by address and id of the cluster
     * @param deadline for each step
     */
    public RemoteSteps(BiFunction<String, String, RemoteMember> connector, Duration deadline) {
        this.connector = connector;
        this.deadline = deadline;
    }

    /**
     * Has a member look at itself.
     *
     * @param cluster it must be of
     * @throws RecoveryRefusedException {@link Reason#SOURCE_SILENT} it does not answer; {@link Reason#MEMBER_ANSWERS} it refuses, of another cluster for one
     */
    public MemberLook look(String address, UUID cluster) {
        try (RemoteMember member = connector.apply(address, cluster.toString())) {
            Reply reply = member.step(StepRequest.look().encode());
            if (reply.kind() == Reply.Kind.ANSWERED) {
                return MemberLook.decode(reply.bytes());
            }
            throw new RecoveryRefusedException(
                    reply.isAlive() ? Reason.MEMBER_ANSWERS : Reason.SOURCE_SILENT,
                    "a member cannot be asked any more: " + reply.why()
                            + "; nothing was changed; survey again, or stop it and survey its directory");
        }
    }

    @Override
    public void seal(MemberSeal member, ResetOrder order, Sealing.Promise promise) {
        take(member, order, new StepRequest(StepRequest.Kind.SEAL, UUID.randomUUID(), promise, member.last()));
    }

    @Override
    public void lift(MemberSeal member, ResetOrder order) {
        take(
                member,
                order,
                new StepRequest(
                        StepRequest.Kind.LIFT,
                        UUID.randomUUID(),
                        Sealing.Promise.of(order, order.nextMin()),
                        member.last()));
    }

    @Override
    public MemberJournal journal(MemberFetch fetch, ResetOrder order) {
        return new RemoteJournal(
                connector.apply(fetch.address(), order.cluster().toString()), fetch, order.epoch(), deadline);
    }

    private void take(MemberSeal member, ResetOrder order, StepRequest request) {
        long end = System.nanoTime() + deadline.toNanos();
        byte[] bytes = request.encode();
        try (RemoteMember remote =
                connector.apply(member.address(), order.cluster().toString())) {
            String last;
            do {
                Reply reply = remote.step(bytes);
                last = reply.why();
                if (reply.kind() == Reply.Kind.ANSWERED) {
                    StepAnswer answer = answer(reply.bytes());
                    last = answer.outcome() + " " + answer.message();
                    if (answer.outcome() == StepAnswer.Outcome.DONE) {
                        return;
                    } else if (answer.outcome() == StepAnswer.Outcome.REFUSED) {
                        throw answer.refusal();
                    } else if (answer.outcome() == StepAnswer.Outcome.FAILED) {
                        break;
                    }
                }
            } while (pause() && System.nanoTime() - end < 0);
            throw new RecoveryRefusedException(
                    Reason.SOURCE_SILENT,
                    "it has not said in time that it is done: step=" + request.kind() + " member=" + member.member()
                            + " address=" + member.address() + " within=" + deadline + " last=[" + last + "]");
        }
    }

    private static StepAnswer answer(byte[] bytes) {
        try {
            return StepAnswer.decode(bytes);
        } catch (MetastoreException e) {
            return StepAnswer.failed(e);
        }
    }

    /** False when the thread was interrupted, which it stays. */
    static boolean pause() {
        try {
            return !new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
