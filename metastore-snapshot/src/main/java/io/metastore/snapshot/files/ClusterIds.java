package io.metastore.snapshot.files;

import io.metastore.api.MemberAddress;
import io.metastore.api.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Ids that several hosts work out by themselves and agree on: names hashed with SHA-256, cut to 128 bits, marked as version 8 (RFC 9562). Part of
 * the format: a change here makes existing directories unreadable.
 */
public final class ClusterIds {

    /** Stands for the digest when there is no shared secret. */
    public static final String NO_TOKEN = "none";

    private ClusterIds() {}

    /** The Raft group of one epoch of one store; another epoch is another group, which is what fences the old one. */
    public static UUID groupId(UUID clusterId, String store, long epoch) {
        return nameBased("metastore group\n" + clusterId + "\n" + store + "\n" + epoch + "\n");
    }

    /** The id of a cluster that is started from a fixed list: the same on every host that was given the same members, in any order, and token. */
    public static UUID clusterIdOf(Collection<MemberAddress> members, String tokenDigest) {
        checkTokenDigest(tokenDigest);
        String listed = members.stream()
                .sorted(Comparator.comparing(MemberAddress::name))
                .map(member -> member + "\n")
                .collect(Collectors.joining());
        return nameBased("metastore cluster\n" + tokenDigest + "\n" + listed);
    }

    /**
     * The id of a cluster that is started from a fixed list and an exported file. As above, and the same on every host that was given the same file: another one
     * than the cluster had that the file comes from, and than those that begin from another file or from none.
     *
     * @param content digest of what the file holds, 64 hexadecimal digits
     */
    public static UUID importedClusterIdOf(Collection<MemberAddress> members, String tokenDigest, String content) {
        if (!content.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "content digest must be 64 hexadecimal digits: length=" + content.length());
        }
        UUID withoutFile = clusterIdOf(members, tokenDigest);
        return nameBased("metastore imported cluster\n" + withoutFile + "\n" + content + "\n");
    }

    /** What is kept and compared of a shared secret: 64 hexadecimal digits, or {@link #NO_TOKEN}. */
    public static String tokenDigest(@Nullable Secret token) {
        if (token == null) {
            return NO_TOKEN;
        }
        MessageDigest sha256 = sha256();
        sha256.update("metastore token\n".getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sha256.digest(token.bytes()));
    }

    static void checkTokenDigest(String digest) {
        if (!digest.equals(NO_TOKEN) && !digest.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "token digest must be 64 hexadecimal digits or none: length=" + digest.length());
        }
    }

    private static UUID nameBased(String name) {
        ByteBuffer digest = ByteBuffer.wrap(sha256().digest(name.getBytes(StandardCharsets.UTF_8)));
        long high = (digest.getLong() & ~0xF000L) | 0x8000L;
        long low = (digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
