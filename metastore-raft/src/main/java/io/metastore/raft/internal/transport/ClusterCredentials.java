package io.metastore.raft.internal.transport;

import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a member shows to others and demands of them: the cluster's secret token, as a digest, and the cluster's id.
 *
 * <p>A stream with a wrong or missing token, or with the id of another cluster, is refused before one message of it is read. A member that
 * does not know its cluster yet has the id {@code ""}; only first contact ({@link Method#HELLO}, {@link Method#DESCRIBE}, {@link Method#JOIN}, {@link
 * Method#SURVEY}) is possible with it, in either direction. The digest is no secret to someone who reads the wire: without TLS the token only keeps strangers and mix-ups out.
 */
public final class ClusterCredentials {
    /** Version of the frames; a member of another version is refused with both versions named. */
    private static final String PROTOCOL = "1";

    /** What may be asked by, or of, somebody who does not know the cluster yet: it changes nothing, or says which cluster it is about. */
    private static final Set<Method> FIRST_CONTACT =
            Collections.unmodifiableSet(EnumSet.of(Method.HELLO, Method.DESCRIBE, Method.JOIN, Method.SURVEY));

    private static final Metadata.Key<byte[]> TOKEN =
            Metadata.Key.of("metastore-token-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<byte[]> CLUSTER =
            Metadata.Key.of("metastore-cluster-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<byte[]> FROM =
            Metadata.Key.of("metastore-from-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<String> VERSION =
            Metadata.Key.of("metastore-protocol", Metadata.ASCII_STRING_MARSHALLER);

    private final byte[] tokenDigest;
    private volatile String clusterId;

    private ClusterCredentials(byte[] tokenDigest, String clusterId) {
        this.tokenDigest = tokenDigest;
        this.clusterId = clusterId;
    }

    /**
     * What a member of this cluster shows.
     *
     * @param token the same on every member; not kept
     * @param clusterId {@code ""}: not known yet
     */
    public static ClusterCredentials of(byte[] token, String clusterId) {
        return new ClusterCredentials(digest(token), clusterId);
    }

    public String clusterId() {
        return clusterId;
    }

    /**
     * Learns the cluster that this member belongs to from now on. Callable from any thread, also while listening; streams already open
     * under the empty id stay limited to first contact until {@link GrpcTransport#reconnect()}.
     *
     * @throws IllegalStateException the member belongs to another cluster already
     */
    public synchronized void adopt(String newClusterId) {
        if (!clusterId.isEmpty() && !clusterId.equals(newClusterId)) {
            throw new IllegalStateException(
                    "member already belongs to a cluster: has=" + clusterId + " new=" + newClusterId);
        }
        clusterId = newClusterId;
    }

    /** The header of a stream to another member. */
    Metadata headers(String ownAddress) {
        Metadata headers = new Metadata();
        headers.put(VERSION, PROTOCOL);
        headers.put(TOKEN, tokenDigest);
        headers.put(CLUSTER, clusterId.getBytes(StandardCharsets.UTF_8));
        headers.put(FROM, ownAddress.getBytes(StandardCharsets.UTF_8));
        return headers;
    }

    /** Why a stream with these headers is refused, or null. A stranger without the token learns nothing but that it is wrong. */
    @Nullable
    Status refusalOf(Metadata headers) {
        byte[] shown = headers.get(TOKEN);
        if (shown == null || !MessageDigest.isEqual(shown, tokenDigest)) { // Takes the same time wherever they differ.
            return Status.UNAUTHENTICATED.withDescription(
                    "wrong or missing cluster token; give every member the same one");
        }
        String version = headers.get(VERSION);
        if (!PROTOCOL.equals(version)) {
            return Status.FAILED_PRECONDITION.withDescription(
                    "protocol version differs: caller=" + version + " here=" + PROTOCOL + "; upgrade the older member");
        }
        String own = clusterId;
        String theirs = clusterOf(headers);
        if (!own.isEmpty() && !theirs.isEmpty() && !own.equals(theirs)) {
            return Status.PERMISSION_DENIED.withDescription(
                    "caller belongs to another cluster: caller=" + theirs + " here=" + own);
        }
        return null;
    }

    /** Whether a caller of this cluster, {@code ""} for one that knows none yet, may call this method now. */
    boolean permits(String callerCluster, Method method) {
        boolean sameCluster = !callerCluster.isEmpty() && callerCluster.equals(clusterId);
        boolean firstContact = callerCluster.isEmpty() || clusterId.isEmpty();
        return sameCluster || (firstContact && FIRST_CONTACT.contains(method));
    }

    static String clusterOf(Metadata headers) {
        byte[] id = headers.get(CLUSTER);
        return id == null ? "" : new String(id, StandardCharsets.UTF_8);
    }

    /** Where the caller listens itself, as it says; {@code ""}: it does not say. */
    static String callerOf(Metadata headers) {
        byte[] from = headers.get(FROM);
        return from == null ? "" : new String(from, StandardCharsets.UTF_8);
    }

    private static byte[] digest(byte[] token) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update("metastore cluster token 1\n".getBytes(StandardCharsets.UTF_8));
            return sha256.digest(token);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
