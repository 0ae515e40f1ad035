package io.metastore.recovery.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.recovery.PlanOptions;
import io.metastore.recovery.internal.reset.DirectoryReturn;
import io.metastore.recovery.internal.reset.FetchRate;
import io.metastore.recovery.internal.reset.MemberFetch;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is fetched of the journal of another member, how fast, and what of it is taken over. */
class FetchTest extends FetchGround {

    FetchTest() {
        super(1);
    }

    @Test
    void fetchesTheEndOnlyAndKnowsTheTermsBeforeIt() throws IOException {
        Path base = prepare(before);
        Far member = new Far();
        apply(new DiskFileLayer(), base, member, order);
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            assertThat(succession.genesis().orElseThrow().terms())
                    .containsExactlyElementsOf(there.terms().stream()
                            .map(run -> new LogPosition(run.term(), run.first()))
                            .toList());
        }
        assertThat(member.asked).noneMatch(request -> request.file().startsWith("log_0-"));
        try (var names = Files.walk(base.resolve(NEW).resolve("journal"))) {
            assertThat(names.map(path -> path.getFileName().toString())).noneMatch(name -> name.startsWith("log_0-"));
        }
    }

    /** Time passes only here: a little with each piece, and when somebody waits. */
    private static final class Clock implements FetchRate.Waiting {
        private long nanos = Long.MAX_VALUE - 5; // Passes through the highest number.
        private int waits;

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public void await(long more) {
            waits++;
            nanos += more;
        }
    }

    @Test
    void keepsToTheRateItWasGiven() throws IOException {
        for (long millis : List.of(0L, 1L, 100L)) {
            for (long bytesPerSecond : List.of(FetchRate.BYTES_PER_SECOND_MIN, FetchRate.UNLIMITED)) {
                Clock clock = new Clock();
                rate = () -> new FetchRate(bytesPerSecond, clock);
                arrived.clear();
                List<Integer> pieces = new ArrayList<>();
                long from = clock.nanos;
                Far member = new Far();
                member.onTheWay = bytes -> {
                    clock.nanos += millis * 1_000_000;
                    double come = pieces.stream().mapToLong(each -> each).sum();
                    assertThat(come / bytesPerSecond)
                            .as("seconds for %s, before another piece", pieces)
                            .isLessThanOrEqualTo((clock.nanos - from) / 1e9 + 1e-6);
                    pieces.add(bytes.length);
                    return bytes;
                };

                apply(new DiskFileLayer(), prepare(before), member, order);

                long all = pieces.stream().mapToLong(each -> each).sum();
                double seconds = (clock.nanos - from) / 1e9;
                double least = Math.max((double) all / bytesPerSecond, pieces.size() * millis / 1e3);
                assertThat(pieces).hasSizeGreaterThan(3).allMatch(piece -> piece <= bytesPerSecond / 10 + 1);
                assertThat(seconds)
                        .as("%s bytes, %s ms each", all, millis)
                        .isBetween(least * 0.999 - 1e-9, least * 1.3 + 1e-9);
                boolean slow = bytesPerSecond == FetchRate.UNLIMITED || millis == 100;
                assertThat(clock.waits == 0).as("%s waits", clock.waits).isEqualTo(slow);
                assertThat(arrived).contains(0L, all).isSorted();
            }
        }
        assertThatThrownBy(() -> new FetchRate(FetchRate.BYTES_PER_SECOND_MIN - 1, new Clock()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PlanOptions.DEFAULT.fetchRate(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatHasArrivedIsKeptWhenItIsGood() throws IOException {
        Far whole = new Far();
        apply(new DiskFileLayer(), prepare(before), whole, order);
        Path base = prepare(before);
        refused(Reason.SOURCE_SILENT, base, cutOffAt(whole.pieces()));
        checkOld(base);
        Far again = new Far();
        apply(new DiskFileLayer(), base, again, order);
        assertThat(again.pieces()).isEqualTo(1);
        assertThat(settled(base)).isEqualTo(photoOf(prepare(before)));

        // what is not good is not kept, and what nobody asks for any more is not left
        Path other = prepare(before);
        refused(Reason.SOURCE_SILENT, other, cutOffAt(whole.pieces()));
        List<Path> fetched = files(other.resolve(FETCHED));
        Path first = fetched.stream()
                .filter(path -> path.getFileName().toString().startsWith("log_"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(first);
        bytes[bytes.length / 2] ^= 1;
        Files.write(first, bytes);
        Files.write(first.resolveSibling("log_0-7"), bytes);
        Far third = new Far();
        apply(new DiskFileLayer(), other, third, order);
        assertThat(third.pieces()).isBetween(2L, whole.pieces() - 1);
        assertThat(settled(other)).isEqualTo(settled(base));
    }

    private Far cutOffAt(long at) {
        Far cutOff = new Far();
        cutOff.onTheWay = bytes -> {
            if (cutOff.pieces() == at) {
                throw new RecoveryRefusedException(Reason.SOURCE_SILENT, "as planned");
            }
            return bytes;
        };
        return cutOff;
    }

    private Map<String, Integer> photoOf(Path base) throws IOException {
        apply(new DiskFileLayer(), base);
        return settled(base);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void whatIsNotWhatWasSurveyedIsNotTakenOver() throws IOException {
        // changed on the way
        Path base = prepare(before);
        Far damaged = new Far();
        damaged.onTheWay = bytes -> {
            byte[] changed = bytes.clone();
            changed[changed.length - 1] ^= 1;
            return changed;
        };
        refused(Reason.CHANGED_SINCE, base, damaged);
        checkOld(base);
        // another end
        MemberFetch surveyed = wanted;
        wanted = new MemberFetch(
                surveyed.address(),
                surveyed.member(),
                surveyed.behind(),
                false,
                new LogPosition(90, there.last().index()));
        refused(Reason.CHANGED_SINCE, base, new Far());
        // does not go on from what is here
        wanted = new MemberFetch(
                surveyed.address(),
                surveyed.member(),
                new LogPosition(90, surveyed.behind().index()),
                false,
                surveyed.last());
        refused(Reason.CHANGED_SINCE, base, new Far());
        wanted = surveyed;
        checkOld(base);
        // nothing is left of all that
        assertThat(base.resolve(FETCHED)).exists();
        new DirectoryReturn(new DiskFileLayer(), CLOCK).abort(base);
        assertThat(base.resolve(FETCHED)).doesNotExist();
        assertThatThrownBy(() -> new DirectoryReturn(new DiskFileLayer(), CLOCK).abort(base))
                .isInstanceOf(RecoveryRefusedException.class);
        apply(new DiskFileLayer(), base);
        assertThat(epoch(base)).isEqualTo(2);
    }
}
