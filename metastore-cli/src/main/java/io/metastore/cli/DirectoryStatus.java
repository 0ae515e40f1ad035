package io.metastore.cli;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.recovery.IntendedRecovery;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.Source;
import io.metastore.recovery.SurveyedCopy;
import io.metastore.recovery.branch.Branch;
import io.metastore.recovery.branch.Branches;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.SurveyedImage;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.Seal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a member's directory holds, looked at once without changing anything.
 *
 * @param copy what was read
 * @param epochs that have a directory
 * @param seal what a recovery has promised
 * @param intended a recovery that is to be carried out at the next opening
 * @param holder who has it in use
 * @param branches what its member had alone when it came back into an epoch that others had begun
 * @param notes what is worth knowing and no damage
 * @param damage what is damaged or missing
 */
record DirectoryStatus(
        SurveyedCopy copy,
        List<Long> epochs,
        Optional<Seal> seal,
        Optional<IntendedRecovery> intended,
        Optional<String> holder,
        List<Branch> branches,
        List<String> notes,
        List<String> damage) {

    /** Findings that are said in another line, or that a crash or an earlier life leaves behind. */
    private static final Set<Finding.Kind> HARMLESS =
            EnumSet.of(Finding.Kind.TORN_TAIL, Finding.Kind.SEALED, Finding.Kind.FOREIGN);

    /**
     * Looks.
     *
     * @throws RefusedException there is nothing of a member
     */
    static DirectoryStatus of(Path directory) {
        DiskFileLayer files = new DiskFileLayer();
        SurveyedCopy copy =
                Recovery.of(Source.directory(directory)).survey().copies().get(0);
        if (copy.findings().stream().anyMatch(each -> each.kind() == Finding.Kind.NOTHING)) {
            throw new RefusedException("there is no member's data: directory=" + directory + " found=" + copy.findings()
                    + "; check the path, and whether a volume is mounted");
        }
        DirectoryInspection small = DirectoryInspection.of(files, directory.toAbsolutePath());
        List<String> notes = new ArrayList<>();
        List<String> damage = new ArrayList<>();
        for (Finding finding : copy.findings()) {
            (HARMLESS.contains(finding.kind()) ? notes : damage).add(finding.toString());
        }
        return new DirectoryStatus(
                copy,
                small.epochs(),
                small.seal(),
                intended(directory, damage),
                holder(files, directory),
                branches(directory, damage),
                notes,
                damage);
    }

    private static List<Branch> branches(Path directory, List<String> damage) {
        try {
            return Branches.kept(directory);
        } catch (CorruptStateException | DirectoryMismatchException e) {
            damage.add(String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    private static Optional<IntendedRecovery> intended(Path directory, List<String> damage) {
        try {
            return Recovery.intended(directory);
        } catch (CorruptStateException | DirectoryMismatchException e) {
            damage.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Optional<String> holder(DiskFileLayer files, Path directory) {
        try {
            return files.holder(directory.toAbsolutePath());
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "whether a directory is in use cannot be told: directory=" + directory + " cause=" + e
                            + "; check the disk and permissions",
                    e);
        }
    }

    /** A line for each thing to know, for people. */
    String toTable() {
        StringBuilder text = new StringBuilder();
        line(text, "directory", copy.origin().path());
        line(text, "cluster", copy.identity().clusterId().map(Object::toString).orElse("?"));
        line(
                text,
                "member",
                copy.id().orElse("?")
                        + copy.identity().role().map(role -> ", " + role.text()).orElse("")
                        + copy.identity().address().map(at -> ", at " + at).orElse(""));
        line(text, "epoch", copy.identity().epoch().map(String::valueOf).orElse("?") + " of " + epochs);
        line(text, "in use", holder.map(by -> "by " + by).orElse("no"));
        seal.ifPresent(each -> line(text, "seal", describe(each)));
        intended.ifPresent(each -> line(text, "intended", describe(each)));
        line(text, "vote", "term " + (copy.vote().term() < 0 ? "?" : copy.vote().term()));
        line(
                text,
                "journal",
                copy.journal().entries() + " entries, index " + copy.journal().first() + " to "
                        + copy.journal().last() + ", committed at least to " + copy.committed() + ", "
                        + copy.journal().bytes() + " bytes in " + copy.journal().files() + " files");
        line(
                text,
                "state",
                copy.state()
                        .map(state -> "at " + state.position() + ", " + state.revision() + ", fingerprint "
                                + state.fingerprint())
                        .orElse("none that can be read"));
        copy.images().forEach(image -> line(text, "image", describe(image)));
        branches.forEach(branch -> line(text, "branch", branch));
        notes.forEach(note -> line(text, "note", note));
        damage.forEach(each -> line(text, "damage", each));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, Object value) {
        String oneLine = value.toString().replaceAll("\\s*\\R\\s*", " ");
        text.append(String.format(Locale.ROOT, "%-10s %s\n", name, oneLine));
    }

    private static String describe(Seal seal) {
        return switch (seal.state()) {
            case SEALED ->
                "epoch " + seal.epoch() + " is over here, " + seal.next() + " takes its place; recovery "
                        + seal.recovery() + " since " + seal.since()
                        + seal.readmission()
                                .map(address -> "; its plan lets the member come back, it asks at " + address)
                                .orElse("");
            case LIFTED ->
                "lifted " + seal.since() + ": recovery " + seal.recovery() + " was taken back, epoch " + seal.next()
                        + " is not given again";
        };
    }

    private static String describe(IntendedRecovery intended) {
        return "at the next opening, the end of epoch " + intended.epoch() + " at " + intended.tip() + ": plan "
                + intended.plan() + " consented to by " + intended.by() + " at " + intended.created() + ", "
                + intended.why() + "; recovery " + intended.recovery();
    }

    private static String describe(SurveyedImage image) {
        return image.path().getFileName()
                + image.contents()
                        .map(each -> " at " + each.position() + ", " + each.revision() + ", " + each.bytes() + " bytes")
                        .orElse("")
                + image.flaw().map(flaw -> ", damaged: " + flaw).orElse("");
    }
}
