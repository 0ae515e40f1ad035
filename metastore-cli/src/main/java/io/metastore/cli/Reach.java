package io.metastore.cli;

import io.metastore.api.Secret;
import io.metastore.api.Tls;
import io.metastore.recovery.Access;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How members that run are reached: the same for all commands that ask any. */
final class Reach {

    @Option(names = "--token-file", paramLabel = "FILE", description = "With the token of the cluster, if it has one.")
    private @Nullable Path token;

    @Option(
            names = "--tls",
            split = ",",
            paramLabel = "FILE",
            description =
                    "Certificate chain, private key and authorities, as members have them: PEM files, separated by commas.")
    private List<Path> tls = List.of();

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            description = "How long each member may take to answer. Default: 30.")
    private @Nullable Long seconds;

    Access access(CommandSpec spec) {
        if (!tls.isEmpty() && tls.size() != 3) {
            throw new ParameterException(
                    spec.commandLine(), "--tls names three files: chain, key, authorities; found: " + tls);
        }
        Access access = new Access(
                Optional.ofNullable(token).map(Secret::fromFile),
                tls.isEmpty() ? Optional.empty() : Optional.of(Tls.fromFiles(tls.get(0), tls.get(1), tls.get(2))),
                Access.OPEN.deadline());
        if (seconds == null) {
            return access;
        }
        if (seconds < 1) {
            throw new ParameterException(spec.commandLine(), "--deadline is at least 1: found: " + seconds);
        }
        return access.within(Duration.ofSeconds(seconds));
    }
}
