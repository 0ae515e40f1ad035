package io.metastore.raft.internal.assembly;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CommandType;
import io.metastore.api.Limits;
import io.metastore.api.MemberAddress;
import io.metastore.api.ProgressListener;
import io.metastore.api.Secret;
import io.metastore.api.Timeouts;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.SimulatedNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Settings of members that are opened past the builder, because something below them is not what it usually is. */
final class TestSettings {

    private static final Secret TOKEN = Secret.of("a token of tests");

    private TestSettings() {}

    /** Voters fe1, fe2, .. of one cluster. */
    static List<MemberAddress> voters(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> MemberAddress.voter("fe" + i, "fe" + i + ":1"))
                .toList();
    }

    static OpenSettings of(
            Path directory,
            @Nullable MemberAddress self,
            List<MemberAddress> bootstrap,
            Limits limits,
            Timeouts timeouts,
            @Nullable SimulatedNetwork network) {
        return of(directory, self, bootstrap, limits, timeouts, List.of(), network);
    }

    static OpenSettings of(
            Path directory,
            @Nullable MemberAddress self,
            List<MemberAddress> bootstrap,
            Limits limits,
            Timeouts timeouts,
            List<CommandType<?, ?>> commands,
            @Nullable SimulatedNetwork network) {
        return new OpenSettings(
                directory,
                self,
                null,
                bootstrap,
                List.of(),
                false,
                false,
                null,
                self == null ? null : TOKEN,
                null,
                false,
                commands,
                limits,
                timeouts,
                CheckpointPolicy.defaults().toBuilder()
                        .journalFileBytes(1 << 20) // Of which so much is filled with zeros whenever a member starts.
                        .build(),
                ProgressListener.NONE,
                null,
                network == null ? List.of() : List.of(network));
    }
}
