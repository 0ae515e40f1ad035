package io.metastore.raft.remote;

import io.metastore.api.ConfigurationException;
import io.metastore.api.Secret;
import io.metastore.api.Tls;
import io.metastore.raft.internal.transport.ClusterCredentials;
import io.metastore.raft.internal.transport.GrpcOptions;
import io.metastore.raft.internal.transport.GrpcTransport;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Presence;
import io.metastore.raft.internal.transport.TlsFiles;
import io.metastore.raft.internal.transport.TransportException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A member of another process, asked over the network from a process that need not be a member. Opens no port. For one thread; calls block, and an interrupt is kept
 * for afterwards.
 */
public final class RemoteMember implements AutoCloseable {

    /** Whoever asks from here listens nowhere; the name is in no membership. */
    private static final String NOWHERE = "recovery.invalid:1";

    /** How long is looked whether somebody is there at all. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private static final String REMEDY =
            "; ask with the token and with the certificates that its cluster has, or without where it has none";

    private final String address;
    private final boolean tls;
    private final Duration within;
    private final GrpcTransport transport;

    private RemoteMember(String address, boolean tls, Duration within, GrpcTransport transport) {
        this.address = address;
        this.tls = tls;
        this.within = within;
        this.transport = transport;
    }

    /**
     * Prepares to ask; asks nothing yet.
     *
     * @param address {@code host:port} where it listens
     * @param token of its cluster; null when that has none
     * @param tls null for a cluster without
     * @param cluster id of the cluster it must be of; empty when that is not known, which is enough to survey it
     * @param within how long each question may take
     * @throws ConfigurationException a TLS file cannot be used
     * @throws IllegalArgumentException the address is none
     */
    public static RemoteMember at(
            String address, @Nullable Secret token, @Nullable Tls tls, String cluster, Duration within) {
        checkAddress(address);
        try {
            return new RemoteMember(
                    address,
                    tls != null,
                    within,
                    new GrpcTransport(
                            NOWHERE,
                            ClusterCredentials.of(token == null ? new byte[0] : token.bytes(), cluster),
                            GrpcOptions.builder()
                                    .tls(
                                            tls == null
                                                    ? null
                                                    : new TlsFiles(
                                                            tls.certificateChain(),
                                                            tls.privateKey(),
                                                            tls.trustedAuthorities(),
                                                            true))
                                    .threadNamePrefix("recovery-net")
                                    .ioThreads(1)
                                    .connectTimeout(within)
                                    .reconnect(Duration.ofMillis(50), Duration.ofMillis(200))
                                    .silenceMax(within)
                                    .build()));
        } catch (IOException e) {
            throw new ConfigurationException(
                    "a member cannot be asked from here: address=" + address + " reason=" + e.getMessage(), e);
        }
    }

    /**
     * Looks at the form of an address only.
     *
     * @throws IllegalArgumentException it is not {@code host:port}
     */
    public static void checkAddress(String address) {
        GrpcOptions.builder().bind(address);
    }

    /** Those of the addresses where somebody is, of whichever cluster and whatever he demands. Looks at all at once; blocks for seconds. */
    public static List<String> occupied(Collection<String> addresses) {
        return Presence.among(addresses, LOOK);
    }

    /** What the member has in its directory, in the form that {@link RecoveryAtMember} gives it. */
    public Reply survey(byte[] request) {
        return ask(Method.SURVEY, request);
    }

    /** Has the member look at itself, give a piece of its journal, or take a step of a recovery. Only of the very cluster that was named. */
    public Reply step(byte[] request) {
        return ask(Method.RECOVERY, request);
    }

    /** Whether somebody listens there; changes nothing and asks for nothing. */
    public Reply knock() {
        return ask(Method.DESCRIBE, new byte[0]);
    }

    private Reply ask(Method method, byte[] request) {
        CompletableFuture<byte[]> answer = transport.call(address, method, request, within);
        // The transport ends the call by its deadline; the wait has some more for that.
        long end = System.nanoTime() + within.toNanos() + TimeUnit.SECONDS.toNanos(1);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return Reply.answered(answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    return silent();
                } catch (ExecutionException e) {
                    return failed(e.getCause() == null ? e : e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Reply failed(Throwable cause) {
        if (cause instanceof TransportException e) {
            if (e.kind() != TransportException.Kind.UNREACHABLE) {
                String says = String.valueOf(e.getMessage());
                return Reply.without(
                        Reply.Kind.REFUSED,
                        "answers, and refuses: address=" + address + " says=" + says
                                + (says.contains("peer refused") ? "" : REMEDY));
            }
            return Presence.isAt(address, LOOK.compareTo(within) < 0 ? LOOK : within)
                    ? Reply.without(
                            Reply.Kind.REFUSED,
                            "somebody is there, and no connection comes about: address=" + address + " tls=" + tls
                                    + " cause=" + e.getMessage() + REMEDY)
                    : Reply.without(
                            Reply.Kind.SILENT, "did not answer: address=" + address + " cause=" + e.getMessage());
        }
        return cause instanceof TimeoutException
                ? silent()
                : Reply.without(Reply.Kind.SILENT, "did not answer: address=" + address + " cause=" + cause);
    }

    private Reply silent() {
        return Reply.without(Reply.Kind.SILENT, "did not answer: address=" + address + " within=" + within);
    }

    @Override
    public void close() {
        transport.close();
    }
}
