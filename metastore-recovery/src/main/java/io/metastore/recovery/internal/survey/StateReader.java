package io.metastore.recovery.internal.survey;

import io.metastore.api.CorruptStateException;
import io.metastore.api.MetastoreException;
import io.metastore.recovery.survey.Depth;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.StateFacts;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.StateInspection;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the live state of an epoch's directory: the one with the highest number. Beside a member that writes, files come and go under the reader; then it
 * begins anew a few times, and says so when it still cannot read it.
 */
public final class StateReader {
    private static final Pattern NAME = Pattern.compile("state(?:\\.([2-9]|[1-9][0-9]{1,17}))?");
    private static final String CONDEMNED = "METASTORE-CONDEMNED";
    private static final int ATTEMPTS = 5;

    private final FileLayer layer;
    private final Findings findings;
    private final Depth depth;

    private StateReader(FileLayer layer, Findings findings, Depth depth) {
        this.layer = layer;
        this.findings = findings;
        this.depth = depth;
    }

    /**
     * Reads it.
     *
     * @param expected whether there must be one
     */
    public static Optional<StateFacts> read(
            FileLayer layer, Path epoch, boolean expected, Depth depth, Findings findings) {
        return new StateReader(layer, findings, depth).read(epoch, expected);
    }

    private Optional<StateFacts> read(Path epoch, boolean expected) {
        try {
            Optional<Path> directory = latest(epoch);
            if (directory.isEmpty() && expected) {
                findings.add(Finding.Kind.STATE, epoch.resolve("state"), "missing");
            }
            if (directory.isEmpty() || isCondemned(directory.get())) {
                return Optional.empty();
            }
            return open(directory.get());
        } catch (IOException e) {
            findings.add(Finding.Kind.STATE, epoch, "cannot be read: " + e);
            return Optional.empty();
        }
    }

    private Optional<Path> latest(Path epoch) throws IOException {
        long latest = 0;
        for (String name : layer.kind(epoch) == Kind.DIRECTORY ? layer.list(epoch) : List.<String>of()) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()) {
                latest = Math.max(latest, matcher.group(1) == null ? 1 : Long.parseLong(matcher.group(1)));
            }
        }
        return latest == 0 ? Optional.empty() : Optional.of(epoch.resolve(latest == 1 ? "state" : "state." + latest));
    }

    /** Found to be wrong while it was in use: what it says is not to be relied on. */
    private boolean isCondemned(Path directory) throws IOException {
        Path file = directory.resolve(CONDEMNED);
        if (layer.kind(file) == Kind.ABSENT) {
            return false;
        }
        String reason;
        try {
            reason =
                    Facts.read(file, layer.read(file), "metastore-condemned", 1).text("reason");
        } catch (MetastoreException e) {
            reason = String.valueOf(e.getMessage());
        }
        findings.add(Finding.Kind.STATE, file, "the member has found this state to be wrong: " + reason);
        return true;
    }

    private Optional<StateFacts> open(Path directory) throws IOException {
        List<String> before = photo(directory);
        for (int attempt = 1; ; attempt++) {
            try {
                return Optional.of(inspect(directory));
            } catch (MetastoreException e) {
                List<String> now = photo(directory);
                if (now.equals(before) || attempt == ATTEMPTS) {
                    String beside = now.equals(before) ? "" : "not known, somebody writes it: ";
                    findings.add(Finding.Kind.STATE, directory, beside + e.getMessage());
                    return Optional.empty();
                }
                before = now;
            }
        }
    }

    private StateFacts inspect(Path directory) {
        try (StateInspection state = StateInspection.open(layer, directory)) {
            AppliedState at = state.at();
            if (depth == Depth.FULL) {
                state.verifyChecksums();
                String computed = state.recomputeFingerprint(records -> {});
                if (!computed.equals(at.fingerprint())) {
                    throw new CorruptStateException("state does not have the fingerprint of its records: directory="
                            + directory + " expected=" + at.fingerprint() + " found=" + computed);
                }
            }
            return new StateFacts(directory, at.position(), at.revision(), at.fingerprint(), depth == Depth.FULL);
        }
    }

    /** Names and lengths, from which it shows whether somebody writes. */
    private List<String> photo(Path directory) throws IOException {
        List<String> photo = new ArrayList<>();
        for (String name : layer.kind(directory) == Kind.DIRECTORY ? layer.list(directory) : List.<String>of()) {
            photo.add(name + " " + size(directory.resolve(name)));
        }
        return photo;
    }

    private long size(Path file) throws IOException {
        try {
            return layer.size(file);
        } catch (NoSuchFileException e) {
            return -1; // Since it was listed.
        }
    }
}
