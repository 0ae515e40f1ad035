package io.metastore.recovery;

import io.metastore.api.LogPosition;
import io.metastore.recovery.survey.StateFacts;
import io.metastore.recovery.survey.SurveyedImage;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the journal of one member can go on from what another has in its directory. */
final class Joining {
    private Joining() {}

    /**
     * What it goes on from.
     *
     * @param position {@link LogPosition#NONE} for a journal that has its first entry and needs nothing before
     * @param imageBytes of the image of the other member that is at that position, when that has to come along; 0 when it has not
     */
    record Point(LogPosition position, long imageBytes) {
        boolean needsImage() {
            return imageBytes > 0;
        }
    }

    /**
     * The earliest state or image that the journal goes on from, so that all of them stay of use; where there is a gap between them, the newest image of the other.
     *
     * @param here the directory
     * @param there whose journal it is
     * @param tip last entry that is taken over
     * @return empty when there is a gap and no image to bridge it
     */
    static Optional<Point> at(SurveyedCopy here, SurveyedCopy there, LogPosition tip) {
        long first = there.journal().first();
        long same = Math.min(tip.index(), here.toCopy().sameUpTo(there.toCopy()));
        Optional<LogPosition> found = held(here)
                .filter(position -> position.index() >= first - 1 && position.index() <= same)
                .min(Comparator.comparingLong(LogPosition::index));
        if (found.isPresent() || first == 0) {
            return Optional.of(new Point(found.orElse(LogPosition.NONE), 0));
        }
        return there.images().stream()
                .filter(SurveyedImage::sound)
                .map(image -> image.contents().orElseThrow())
                .filter(image -> image.position().index() >= first - 1
                        && image.position().index() <= tip.index())
                .max(Comparator.comparingLong(image -> image.position().index()))
                .map(image -> new Point(image.position(), Math.max(1, image.bytes())));
    }

    private static Stream<LogPosition> held(SurveyedCopy here) {
        return Stream.concat(
                here.state().map(StateFacts::position).stream(),
                here.images().stream()
                        .filter(SurveyedImage::sound)
                        .map(image -> image.contents().orElseThrow().position()));
    }
}
