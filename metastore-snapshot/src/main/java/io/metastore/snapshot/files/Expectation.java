package io.metastore.snapshot.files;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MemberAddress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the settings say a directory must be, if it is anything yet.
 *
 * @param member name, address and vote of this member; null for the port-less single member. The address may differ from the directory's
 * @param clusterId the cluster it must belong to; null when any will do
 * @param tokenDigest of the shared secret, or {@link ClusterIds#NO_TOKEN}
 */
public record Expectation(
        @Nullable MemberAddress member, @Nullable UUID clusterId, String tokenDigest) {

    public Expectation {
        ClusterIds.checkTokenDigest(tokenDigest);
    }

    /** The port-less single member. */
    public static Expectation single() {
        return new Expectation(null, null, ClusterIds.NO_TOKEN);
    }

    /** This member of whatever cluster the directory belongs to: for joining, and for a bootstrap list that counts only the first time. */
    public static Expectation member(MemberAddress member, String tokenDigest) {
        return new Expectation(member, null, tokenDigest);
    }

    /** This member of the cluster that was started from exactly these members and this token. */
    public static Expectation bootstrap(MemberAddress member, Collection<MemberAddress> members, String tokenDigest) {
        return new Expectation(member, ClusterIds.clusterIdOf(members, tokenDigest), tokenDigest);
    }

    /** The same, of this cluster and no other. */
    public Expectation ofCluster(UUID cluster) {
        return new Expectation(member, cluster, tokenDigest);
    }

    /** Refuses by a {@link DirectoryMismatchException} that names the first thing that differs, as asked and as found. */
    void check(Path directory, Identity found) {
        if (clusterId != null && !clusterId.equals(found.clusterId())) {
            throw Refusals.mismatch(directory, "cluster id", clusterId, found.clusterId());
        }
        if (isToBecomeMember(found)) {
            return;
        }
        if (!tokenDigest.equals(found.tokenDigest())) {
            throw Refusals.mismatch(directory, "token digest", shortened(tokenDigest), shortened(found.tokenDigest()));
        }
        if ((member == null) != found.single()) {
            throw Refusals.mismatch(
                    directory,
                    "kind of member",
                    member == null ? "single" : "member " + member.name() + " of a cluster",
                    found.single() ? "single" : "member " + found.memberName() + " of a cluster");
        }
        if (member != null) {
            checkMember(directory, member, found);
        }
    }

    /** Whether a single member is opened as one of a cluster, which it then becomes: with a token, when it is given one, from then on. */
    boolean isToBecomeMember(Identity found) {
        return member != null
                && found.single()
                && (found.tokenDigest().equals(ClusterIds.NO_TOKEN)
                        || found.tokenDigest().equals(tokenDigest));
    }

    private static void checkMember(Path directory, MemberAddress asked, Identity found) {
        if (!asked.name().equals(found.memberName())) {
            throw Refusals.mismatch(directory, "member name", asked.name(), found.memberName());
        }
        MemberRole role = MemberRole.of(asked.observer());
        // Who says nothing says voter; a directory whose member has no vote knows better.
        if (role == MemberRole.OBSERVER && role != found.role() && role != found.startedAs()) {
            throw Refusals.mismatch(directory, "role", role.text(), found.role().text());
        }
    }

    private static String shortened(String digest) {
        return digest.length() <= 12 ? digest : digest.substring(0, 12) + "..";
    }
}
