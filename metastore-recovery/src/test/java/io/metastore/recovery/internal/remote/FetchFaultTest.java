package io.metastore.recovery.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.TableDef;
import io.metastore.recovery.PlanOptions;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.Source;
import io.metastore.recovery.internal.remote.FetchAnswer.GoneException;
import io.metastore.recovery.internal.reset.DirectoryFaults;
import io.metastore.recovery.internal.reset.DirectoryReset;
import io.metastore.recovery.internal.reset.DirectoryReturn;
import io.metastore.recovery.internal.reset.FetchRate;
import io.metastore.recovery.internal.reset.Holding;
import io.metastore.recovery.internal.reset.JournalFetch;
import io.metastore.recovery.internal.reset.MemberFetch;
import io.metastore.recovery.internal.reset.MemberJournal;
import io.metastore.recovery.internal.reset.MemberSeal;
import io.metastore.recovery.internal.reset.MemberSteps;
import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.recovery.internal.reset.Sealing;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.SegmentScan;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.image.EpochContent;
import io.metastore.snapshot.state.StateInspection;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The directory of a member that was down takes over the journal of one that has more, piece by piece, as that would be asked for over the network; each file operation
 * fails, and ends the process, in turn; then the power is lost as well.
 */
class FetchFaultTest extends DirectoryFaults {
    private static final TableDef<String, byte[]> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.bytes());
    private static final String FETCHED = "stores/main/fetched";

    private static Path before;
    private static Path given;
    private static LogPosition last;

    private Path far;
    private JournalScan there;
    private ResetOrder order;
    private MemberFetch wanted;
    private Supplier<FetchRate> rate = () -> new FetchRate(FetchRate.UNLIMITED, FetchRate.Waiting.SYSTEM);
    /** What was told of the progress; of several runs at once. */
    private final List<Long> arrived = Collections.synchronizedList(new ArrayList<>());

    FetchFaultTest() {
        super(24);
    }

    /** The other one has three files more at least; the first of them begins before the end of what is here. */
    @BeforeAll
    static void makeMembers(@TempDir Path place) throws IOException {
        before = place.toRealPath().resolve("before");
        given = place.toRealPath().resolve("given");
        try (TestCluster cluster = TestCluster.start(3)) {
            put(cluster, "a");
            cluster.members().forEach(TestMember::stop);
            cluster.restart(cluster.members()); // Each time another file.
            put(cluster, "b");
            TestMember here = cluster.anyFollower();
            here.store().checkpoints().create();
            here.stop();
            List<TestMember> others = cluster.running();
            put(cluster, "c");
            for (String key :
                    List.of("d", "e")) { // Who is stopped first may hand leadership over, which makes a file too.
                others.forEach(TestMember::stop);
                cluster.restart(others);
                put(cluster, key);
            }
            TestMember other = cluster.leader();
            other.store().checkpoints().create();
            others.forEach(TestMember::stop);
            Trees.copy(here.directory(), before);
            Trees.copy(other.directory(), given);
        }
        last = trim(before, entry -> {}).last();
        trim(given, entry -> {});
    }

    @BeforeEach
    void copy(@TempDir Path place) throws IOException {
        temporary = place.toRealPath();
        far = temporary.resolve("far");
        Trees.copy(given, far);
        there = trim(far, entry -> {});
        assertThat(there.segments()).hasSizeGreaterThan(3);
        assertThat(there.last().index()).isGreaterThan(last.index());
        order = order(last);
        wanted = new MemberFetch("far:1", "far", statePosition(before.resolve(OLD)), false, there.last());
        old = Trees.photo(before.resolve(OLD));
    }

    private static void put(TestCluster cluster, String key) {
        cluster.awaitApplied(cluster.leader().table(NOTES).put(key, new byte[100]));
    }

    private ResetOrder order(LogPosition end) {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), before)) {
            return new ResetOrder(
                    new UUID(0, 1),
                    succession.identity().clusterId(),
                    1,
                    there.last(),
                    end,
                    there.last().term(),
                    2,
                    "ann",
                    "why",
                    "PROVEN_NONE",
                    "digest",
                    List.of("far"),
                    List.of(),
                    Optional.empty(),
                    List.of(new MemberSeal("far:1", "far", there.last())),
                    Optional.empty(),
                    Optional.of("far"),
                    List.of());
        }
    }

    private static LogPosition statePosition(Path epoch) {
        FileLayer files = new DiskFileLayer();
        try (StateInspection state = StateInspection.open(files, EpochContent.stateOf(files, epoch))) {
            return state.at().position();
        }
    }

    /** The member, as it answers; what it is asked for may be changed on the way. */
    private class Far implements MemberSteps {
        final List<FetchRequest> asked = new ArrayList<>();
        UnaryOperator<byte[]> onTheWay = bytes -> bytes;

        @Override
        public void seal(MemberSeal member, ResetOrder about, Sealing.Promise promise) {}

        @Override
        public void lift(MemberSeal member, ResetOrder about) {}

        @Override
        public MemberJournal journal(MemberFetch fetch, ResetOrder about) {
            return new MemberJournal() {
                @Override
                public Offer offer(long from, long image) {
                    return FetchAnswer.offer(ask(FetchRequest.offer(1, from, image)));
                }

                @Override
                public int checksum(String name, long bytes) {
                    return FetchAnswer.checksumOf(ask(FetchRequest.checksum(1, name, bytes)));
                }

                @Override
                public byte[] read(String name, long offset, int length) {
                    return onTheWay.apply(ask(FetchRequest.bytes(
                            1, name, offset, name.startsWith("log_") ? Math.min(length, 300) : length)));
                }

                @Override
                public void close() {}
            };
        }

        private byte[] ask(FetchRequest request) {
            asked.add(request);
            try {
                return FetchAnswer.content(OfferedFiles.answer(far, request.encode()));
            } catch (GoneException e) {
                throw new RecoveryRefusedException(Reason.CHANGED_SINCE, String.valueOf(e.getMessage()));
            }
        }

        long pieces() {
            return asked.stream()
                    .filter(request -> request.kind() == FetchRequest.Kind.BYTES)
                    .count();
        }
    }

    @Override
    protected boolean apply(FileLayer files, Path base) {
        return apply(files, base, new Far(), order);
    }

    private boolean apply(FileLayer files, Path base, MemberSteps member, ResetOrder about) {
        return Holding.ofStopped(files).all(List.of(base), held -> {
            ResetOrder sealed = new Sealing(files, CLOCK, List.of(), 1)
                    .run(held, about, new ArrayList<>(), own -> new JournalFetch(
                                    files, member, wanted, rate.get(), (bytes, of) -> arrived.add(bytes))
                            .run(own, about));
            return new DirectoryReset(files, CLOCK, step -> {}, member)
                            .run(held, sealed)
                            .state()
                    != null;
        });
    }

    @Test
    void directoryIsWhollyOldOrWhollyNewWhateverOperationGoesWrong() throws IOException {
        Map<String, Integer> asItWas = Trees.photo(far);
        Path untouched = prepare(before);
        assertThat(apply(new DiskFileLayer(), untouched)).isTrue();
        made = Trees.photo(untouched.resolve(NEW));
        assertThat(made).containsKey("state/CURRENT");

        int opened = enumerate("fetch", before, this::apply, this::checkFetched);

        assertThat(opened).isGreaterThan(10);
        assertThat(Trees.photo(far)).as("the member it was fetched from").isEqualTo(asItWas);
    }

    /** The other one has purged what comes next here. */
    @Test
    void directoryIsWhollyOldOrWhollyNewWhenAnImageIsFetchedToo() throws IOException {
        LogPosition image = Recovery.of(Source.directory(far))
                .survey()
                .copies()
                .get(0)
                .images()
                .get(0)
                .contents()
                .orElseThrow()
                .position();
        for (SegmentScan segment : there.segments()) {
            if (!segment.open() && segment.last() < image.index()) {
                Files.delete(segment.path());
            }
        }
        wanted = new MemberFetch("far:1", "far", image, true, there.last());
        Path untouched = prepare(before);
        assertThat(apply(new DiskFileLayer(), untouched)).isFalse();
        made = Trees.photo(untouched.resolve(NEW));
        assertThat(made).containsKey("image/image." + image.index() + "/MANIFEST");

        int opened = enumerate("fetch with an image", before, this::apply, this::checkFetched);

        assertThat(opened).isGreaterThan(10);
        // a damaged one is found before anything is sealed
        Path file;
        try (var names = Files.walk(far.resolve(OLD).resolve("image"))) {
            file = names.filter(path -> path.toString().endsWith(".sst"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        Path base = prepare(before);
        refused(Reason.UNUSABLE_COPY, base, new Far());
        checkOld(base);
    }

    /** What is sealed needs nobody any more who has the journal: all of it is here. */
    private void checkFetched(Path base, String what, Map<String, Integer> expected) throws IOException {
        boolean sealed;
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            sealed = succession.epoch() == 1 && succession.seal().isPresent();
        }
        if (sealed) {
            Far silent = new Far() {
                @Override
                public MemberJournal journal(MemberFetch fetch, ResetOrder about) {
                    throw new AssertionError("is fetched again behind the seal: " + what);
                }
            };
            new DirectoryReset(new DiskFileLayer(), CLOCK, step -> {}, silent).resume(base);
        }
        checkApplied(base, what, expected);
        assertThat(base.resolve(FETCHED)).as(what).doesNotExist();
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

    @Test
    void onlyFilesOfTheJournalAreGiven() {
        for (String name : List.of(
                "../../membership", "raft-meta", "log_1-2/../raft-meta", "", "image.1/../x", "image.1/.x", "image.1")) {
            byte[] request = FetchRequest.bytes(1, name, 0, 10).encode();
            assertThatThrownBy(() -> OfferedFiles.answer(far, request))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        byte[] otherEpoch =
                OfferedFiles.answer(far, FetchRequest.offer(2, 0, -1).encode());
        assertThatThrownBy(() -> FetchAnswer.content(otherEpoch)).isInstanceOf(GoneException.class);
        byte[] missing =
                OfferedFiles.answer(far, FetchRequest.bytes(1, "log_1-2", 0, 10).encode());
        assertThatThrownBy(() -> FetchAnswer.content(missing)).isInstanceOf(GoneException.class);
        byte[] answer = FetchAnswer.of(7);
        for (int at = 0; at < answer.length; at++) {
            byte[] changed = Arrays.copyOf(answer, answer.length);
            changed[at] ^= 1;
            assertThatThrownBy(() -> FetchAnswer.content(changed)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private void checkOld(Path base) throws IOException {
        assertThat(Trees.photo(base.resolve(OLD))).isEqualTo(old);
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            assertThat(succession.epoch()).isEqualTo(1);
            assertThat(succession.seal()).isEmpty();
        }
    }

    private void refused(Reason reason, Path base, Far member) {
        assertThatThrownBy(() -> apply(new DiskFileLayer(), base, member, order))
                .isInstanceOfSatisfying(
                        RecoveryRefusedException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }
}
