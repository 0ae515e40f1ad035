package io.metastore.raft.internal.node;

import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.raft.remote.RecoveryAtMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers recoveries that are carried out elsewhere. Belongs to an open store, whichever node it has. What takes long has a thread of its own, one at a time: no vote
 * and no write of this member waits for it.
 */
final class RecoveryDesk implements Transport.Handler {

    private static final Logger log = LoggerFactory.getLogger(RecoveryDesk.class);
    private static final Duration CLOSE_MAX = Duration.ofMillis(300);

    private final String member;
    private final Path directory;

    /** Remembers how what it began came out. Null when there is none on the class path. */
    private final @Nullable RecoveryAtMember recovery = RecoveryAtMember.find().orElse(null);

    /** Guarded by this. */
    private @Nullable FutureTask<@Nullable Void> surveying;

    private volatile boolean closed;

    RecoveryDesk(String member, Path directory) {
        this.member = member;
        this.directory = directory;
    }

    @Override
    public CompletableFuture<byte[]> handle(Method method, byte[] request) {
        if (recovery == null) {
            return refused("the member cannot be recovered from elsewhere: member=" + member
                    + "; have io.metastore:metastore-recovery on its class path, or stop it and survey its directory");
        }
        return switch (method) {
            case SURVEY -> survey(recovery, request);
            case RECOVERY -> CompletableFuture.completedFuture(recovery.step(directory, request, this::inBackground));
            default -> refused("member is sealed, or being recovered: member=" + member + " method=" + method);
        };
    }

    /** Not waited for when the store is closed: a recovery that works on its directory closes it at its end. */
    @SuppressWarnings("FutureReturnValueIgnored") // How it came out is told to whoever asks again.
    private void inBackground(Runnable task) {
        Uninterrupted.start(member + "-recovery", task);
    }

    private synchronized CompletableFuture<byte[]> survey(RecoveryAtMember reading, byte[] request) {
        if (closed || (surveying != null && !surveying.isDone())) {
            return refused("the member is " + (closed ? "closing" : "being surveyed already") + ": member=" + member
                    + "; survey again");
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        surveying = Uninterrupted.start(member + "-survey", () -> {
            try {
                answer.complete(reading.survey(directory, request, () -> closed));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static CompletableFuture<byte[]> refused(String why) {
        return CompletableFuture.failedFuture(new TransportException(TransportException.Kind.REFUSED, why));
    }

    /** Ends what is being read. */
    void close() {
        closed = true;
        FutureTask<@Nullable Void> last;
        synchronized (this) {
            last = surveying;
        }
        if (last != null && !Uninterrupted.await(last, Deadline.after(CLOSE_MAX))) {
            log.warn("survey did not end in time, is left behind: member={} thread={}-survey", member, member);
        }
    }
}
