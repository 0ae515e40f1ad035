package io.metastore.recovery;

import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.SurveyedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A surveyed copy as text. */
final class SurveyTable {
    private SurveyTable() {}

    static List<String> row(SurveyedCopy copy) {
        return List.of(
                copy.origin().label(),
                copy.identity().member().orElse("-"),
                copy.identity().role().map(role -> role.text()).orElse(alone(copy)),
                copy.identity().epoch().map(String::valueOf).orElse("?"),
                copy.last().index() < 0
                        ? "-"
                        : copy.last().term() + ":" + copy.last().index(),
                number(copy.vote().term()),
                number(copy.committed()),
                copy.state().map(state -> number(state.position().index())).orElse("-"),
                copy.state().map(state -> state.revision().toString()).orElse("-"),
                images(copy),
                bytes(copy.journal().bytes()),
                complete(copy));
    }

    private static String alone(SurveyedCopy copy) {
        return switch (copy.origin().kind()) {
            case IMAGE -> "image";
            case ARCHIVE -> "archive";
            case DIRECTORY, STORE, MEMBER, BACKUP -> "?";
        };
    }

    private static String number(long number) {
        return number < 0 ? "-" : Long.toString(number);
    }

    private static String images(SurveyedCopy copy) {
        String images = copy.images().stream()
                .map(image -> image.contents()
                                .map(contents ->
                                        Long.toString(contents.position().index()))
                                .orElse("?")
                        + (image.sound() ? "" : "!"))
                .collect(Collectors.joining(","));
        return images.isEmpty() ? "-" : images;
    }

    private static String bytes(long bytes) {
        return bytes < 1 << 20 ? ((bytes + 1023) >> 10) + " KB" : (bytes >> 20) + " MB";
    }

    private static String complete(SurveyedCopy copy) {
        return copy.complete() ? "yes" : copy.origin().kind() == CopyOrigin.Kind.BACKUP ? "no, backup" : "no";
    }

    /** Nothing for a copy that is as it should be. */
    static List<String> details(SurveyedCopy copy) {
        List<String> lines = new ArrayList<>();
        for (Finding finding : copy.findings()) {
            String what = finding.what().replaceAll("\\s*\\R\\s*", " ");
            lines.add(copy.origin().label() + ": " + finding.kind() + " " + below(copy, finding.path()) + ": " + what);
        }
        for (SurveyedImage image : copy.images()) {
            if (image.sound() && image.verified()) {
                lines.add(copy.origin().label() + ": image verified: " + below(copy, image.path()));
            }
        }
        return lines;
    }

    /** Seen from the copy, unless it is the copy. */
    private static Path below(SurveyedCopy copy, Path path) {
        Path root = copy.origin().path();
        return path.startsWith(root) && !path.equals(root) ? root.relativize(path) : path;
    }
}
