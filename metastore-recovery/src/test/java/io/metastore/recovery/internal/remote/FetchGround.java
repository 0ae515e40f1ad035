package io.metastore.recovery.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.TableDef;
import io.metastore.recovery.internal.remote.FetchAnswer.GoneException;
import io.metastore.recovery.internal.reset.DirectoryFaults;
import io.metastore.recovery.internal.reset.DirectoryReset;
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
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.image.EpochContent;
import io.metastore.snapshot.state.StateInspection;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The directory of a member that was down takes over the journal of one that has more, piece by piece, as that would be asked for over the network.
 */
abstract class FetchGround extends DirectoryFaults {
    private static final TableDef<String, byte[]> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.bytes());
    static final String FETCHED = "stores/main/fetched";

    /** What the directory was that fetches. */
    static Path before;

    private static Path given;
    private static LogPosition last;

    /** The directory of the one that has more, and its journal. */
    Path far;

    JournalScan there;
    ResetOrder order;
    MemberFetch wanted;
    Supplier<FetchRate> rate = () -> new FetchRate(FetchRate.UNLIMITED, FetchRate.Waiting.SYSTEM);
    /** What was told of the progress; of several runs at once. */
    final List<Long> arrived = Collections.synchronizedList(new ArrayList<>());

    FetchGround(int stride) {
        super(stride);
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
    class Far implements MemberSteps {
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

    boolean apply(FileLayer files, Path base, MemberSteps member, ResetOrder about) {
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

    void checkOld(Path base) throws IOException {
        assertThat(Trees.photo(base.resolve(OLD))).isEqualTo(old);
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            assertThat(succession.epoch()).isEqualTo(1);
            assertThat(succession.seal()).isEmpty();
        }
    }

    void refused(Reason reason, Path base, Far member) {
        assertThatThrownBy(() -> apply(new DiskFileLayer(), base, member, order))
                .isInstanceOfSatisfying(
                        RecoveryRefusedException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }
}
