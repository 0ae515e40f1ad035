package io.metastore.api.spi;

import io.metastore.api.Addon;
import io.metastore.api.Autopilot;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CommandType;
import io.metastore.api.Limits;
import io.metastore.api.MemberAddress;
import io.metastore.api.ProgressListener;
import io.metastore.api.Secret;
import io.metastore.api.Timeouts;
import io.metastore.api.Tls;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the builder collected, validated.
 *
 * @param directory where the member keeps everything
 * @param member name and address of this member; null for the port-less single member. Whether it is an observer is what was asked for: when the directory
 *     holds a member, that knows better
 * @param listenAddress host and port to listen at; null for those of {@code member}
 * @param bootstrap the members of a new cluster, this one among them; empty when not given
 * @param join addresses at which to ask for the cluster, without duplicates, never together with {@code bootstrap}; empty when not given
 * @param autoReplace whether it may take the place of a member of its name that has lost its directory or no longer answers; only with {@code join}
 * @param rejoin whether it may come back by itself, as another incarnation and an observer, when the cluster was recovered without it
 * @param autopilot how it replaces voters that stay away while it leads; null: not at all
 * @param clusterToken shared secret of the cluster's members; null when none is used
 * @param tls certificates for all traffic between members; null for plain text
 * @param plaintextBeyondLoopback whether listening beyond loopback without TLS was asked for by name
 * @param commands deterministic handlers this build knows
 * @param limits sizes and counts
 * @param timeouts deadlines and election timing
 * @param checkpoints when images are made
 * @param progress hears how far long work has come
 * @param imported what an empty directory begins with; null for nothing
 * @param addons extras of other modules
 */
public record OpenSettings(
        Path directory,
        @Nullable MemberAddress member,
        @Nullable String listenAddress,
        List<MemberAddress> bootstrap,
        List<String> join,
        boolean autoReplace,
        boolean rejoin,
        @Nullable Autopilot autopilot,
        @Nullable Secret clusterToken,
        @Nullable Tls tls,
        boolean plaintextBeyondLoopback,
        List<CommandType<?, ?>> commands,
        Limits limits,
        Timeouts timeouts,
        CheckpointPolicy checkpoints,
        ProgressListener progress,
        @Nullable Path imported,
        List<Addon> addons) {

    public OpenSettings {
        bootstrap = List.copyOf(bootstrap);
        join = List.copyOf(join);
        commands = List.copyOf(commands);
        addons = List.copyOf(addons);
    }

    /** The same for a member that is elsewhere. */
    public OpenSettings withMember(MemberAddress other) {
        return new OpenSettings(
                directory,
                other,
                listenAddress,
                bootstrap,
                join,
                autoReplace,
                rejoin,
                autopilot,
                clusterToken,
                tls,
                plaintextBeyondLoopback,
                commands,
                limits,
                timeouts,
                checkpoints,
                progress,
                imported,
                addons);
    }
}
