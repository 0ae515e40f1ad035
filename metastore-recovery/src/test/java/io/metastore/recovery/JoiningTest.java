package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.recovery.journal.TermRun;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyIdentity;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.JournalFacts;
import io.metastore.recovery.survey.StateFacts;
import io.metastore.recovery.survey.SurveyedImage;
import io.metastore.recovery.survey.VoteFacts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** From which of its images and its state a directory can go on with the journal of another member. */
class JoiningTest {
    private static final Path SOMEWHERE = Path.of("/x");
    private static final LogPosition TIP = new LogPosition(5, 40);

    /** @param held positions of images, then of the state */
    private static SurveyedCopy copy(long first, List<TermRun> terms, LogPosition last, LogPosition... held) {
        List<SurveyedImage> images = Stream.of(held)
                .limit(Math.max(0, held.length - 1))
                .map(position -> new SurveyedImage(
                        SOMEWHERE,
                        Optional.of(new SurveyedImage.Contents(position, Revision.NONE, "f", 1)),
                        Optional.empty(),
                        true))
                .toList();
        Optional<StateFacts> state = Stream.of(held)
                .skip(images.size())
                .map(position -> new StateFacts(SOMEWHERE, position, Revision.NONE, "f", true))
                .findFirst();
        return new SurveyedCopy(new CopyContents(
                new CopyOrigin(CopyOrigin.Kind.DIRECTORY, SOMEWHERE, "x"),
                new CopyIdentity(
                        Optional.empty(),
                        "main",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of()),
                new JournalFacts(1, 1, last.index() - first + 1, first, last, last.index(), terms, -1),
                VoteFacts.UNKNOWN,
                state,
                images,
                List.of(),
                List.of()));
    }

    private static SurveyedCopy there(long first, LogPosition... held) {
        return copy(
                first,
                first > 20 ? List.of(new TermRun(5, first)) : List.of(new TermRun(2, first), new TermRun(5, 21)),
                TIP,
                held);
    }

    /** It has two entries more of term 2 than the other one. */
    private static SurveyedCopy here(LogPosition... held) {
        return copy(0, List.of(new TermRun(2, 0)), new LogPosition(2, 22), held);
    }

    @Test
    void goesOnFromTheEarliestThatItCan() {
        LogPosition six = new LogPosition(2, 6);
        LogPosition ten = new LogPosition(2, 10);
        LogPosition end = new LogPosition(2, 22);
        record Case(SurveyedCopy there, SurveyedCopy here, Optional<LogPosition> expected) {}
        for (Case each : List.of(
                new Case(there(0), here(six, ten), Optional.of(six)),
                new Case(there(7), here(six, ten), Optional.of(six)),
                new Case(there(8), here(six, ten), Optional.of(ten)),
                new Case(there(11), here(six, ten), Optional.of(ten)),
                // there is a gap between them
                new Case(there(12), here(six, ten), Optional.empty()),
                new Case(there(30), here(six, ten), Optional.empty()),
                new Case(there(7), here(), Optional.empty()),
                // applied what the other does not have
                new Case(there(7), here(end), Optional.empty()),
                new Case(there(0), here(end), Optional.of(LogPosition.NONE)),
                new Case(there(0), here(six, end), Optional.of(six)),
                // all of it
                new Case(there(0), here(), Optional.of(LogPosition.NONE)))) {
            assertThat(Joining.at(each.here(), each.there(), TIP).map(Joining.Point::position))
                    .as("%s", each)
                    .isEqualTo(each.expected());
        }
        // nor from what is to be cut off
        assertThat(Joining.at(here(six, ten), there(0), new LogPosition(2, 5)))
                .contains(new Joining.Point(LogPosition.NONE, 0));
    }

    @Test
    void aGapIsBridgedByAnImageOfTheOther() {
        LogPosition six = new LogPosition(2, 6);
        LogPosition early = new LogPosition(5, 28);
        LogPosition newest = new LogPosition(5, 35);
        SurveyedCopy there = there(30, early, newest, TIP); // The last one is its state.
        assertThat(Joining.at(here(six, six), there, TIP)).contains(new Joining.Point(newest, 1));
        assertThat(Joining.at(here(), there, TIP)).contains(new Joining.Point(newest, 1));
        // one that is behind what is taken over, or before the journal, does not
        assertThat(Joining.at(here(six, six), there, new LogPosition(5, 34))).isEmpty();
        assertThat(Joining.at(here(six, six), there(30, early, TIP), TIP)).isEmpty();
        // what is here is enough
        LogPosition ten = new LogPosition(2, 10);
        assertThat(Joining.at(here(six, ten), there(8, early, newest, TIP), TIP))
                .contains(new Joining.Point(ten, 0));
    }
}
