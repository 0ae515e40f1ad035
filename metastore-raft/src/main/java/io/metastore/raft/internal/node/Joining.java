package io.metastore.raft.internal.node;

import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.members.JoinAnswer;
import io.metastore.raft.internal.members.JoinRequest;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the members of a cluster to be taken in. */
final class Joining {

    private static final Logger log = LoggerFactory.getLogger(Joining.class);

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final long ROUND_NANOS = 100_000_000;

    private final JoinRequest request;
    private final Transport transport;

    Joining(JoinRequest request, Transport transport) {
        this.request = request;
        this.transport = transport;
    }

    /**
     * Asks until a member lets this one in.
     *
     * @throws MembershipRefusedException the cluster does not want it as it is; asking again changes nothing
     * @throws UnavailableException nobody answered who could decide it
     */
    JoinAnswer ask(Collection<String> helpers, Deadline deadline) throws InterruptedException {
        while (true) {
            List<String> reasons = new ArrayList<>();
            for (String helper : helpers) {
                JoinAnswer answer = askOne(helper, deadline, reasons);
                if (answer != null && !answer.isTemporary()) {
                    return answer.orThrow();
                }
            }
            log.info("not taken in yet: member={} reasons={}", request.id().text(), reasons);
            if (deadline.passed()) {
                throw new UnavailableException(
                        "no member let this one in: member=" + request.id().name()
                                + " asked=" + helpers + " reasons=" + reasons
                                + "; start them, check the addresses, or raise timeouts.open");
            }
            LockSupport.parkNanos(this, Math.min(ROUND_NANOS, Math.max(1, deadline.remainingNanos())));
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while asking to be taken in");
            }
        }
    }

    private @Nullable JoinAnswer askOne(String helper, Deadline deadline, List<String> reasons)
            throws InterruptedException {
        try {
            JoinAnswer answer = once(helper, deadline.atMost(ANSWER_TIMEOUT));
            if (answer.refusal() != null) {
                reasons.add(helper + ": " + answer.refusal().reason() + ", "
                        + answer.refusal().message());
            }
            return answer;
        } catch (TimeoutException e) {
            reasons.add(helper + ": no answer in time");
        } catch (ExecutionException e) {
            Throwable cause = rootOf(e);
            refuseStranger(helper, cause);
            reasons.add(helper + ": " + cause.getMessage());
        } catch (IllegalArgumentException e) {
            reasons.add(helper + ": answers what this build does not understand, " + e.getMessage());
        }
        return null;
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while ((root instanceof ExecutionException || root instanceof CompletionException) && root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private JoinAnswer once(String helper, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        Duration atLeast = timeout.compareTo(Duration.ofMillis(100)) < 0 ? Duration.ofMillis(100) : timeout;
        return JoinAnswer.decode(transport
                .call(helper, Method.JOIN, request.encode(), atLeast)
                .get(atLeast.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** The other side does not know this member's token, or is of another cluster: no use in asking on. */
    private void refuseStranger(String helper, Throwable cause) {
        if (cause instanceof TransportException e && e.kind() == TransportException.Kind.REFUSED) {
            String message = String.valueOf(e.getMessage());
            Reason reason = message.contains("cluster token")
                    ? Reason.WRONG_TOKEN
                    : message.contains("another cluster") ? Reason.OTHER_CLUSTER : null;
            if (reason != null) {
                throw new MembershipRefusedException(
                        reason,
                        "the member asked refuses this one: member="
                                + request.id().name() + " asked=" + helper + " answer='" + message + "'");
            }
        }
    }
}
