package io.metastore.recovery.internal.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.LogPosition;
import io.metastore.api.MetaStore;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.TableDef;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.internal.reset.DirectoryFaults;
import io.metastore.recovery.internal.reset.FetchRate;
import io.metastore.recovery.internal.reset.MemberFetch;
import io.metastore.recovery.internal.reset.MemberJournal;
import io.metastore.recovery.internal.reset.MemberSeal;
import io.metastore.recovery.internal.reset.MemberSteps;
import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.recovery.internal.reset.Sealing;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An intent that seals a member of another process: what is written down, and what an opening leaves behind when that member goes away in the middle. */
class IntentMembersTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    private static final String FAR = "fe2@" + new UUID(5, 6);

    private Path directory;
    private ResetOrder order;
    private String member;

    @BeforeEach
    void write(@TempDir Path given) throws IOException {
        directory = given.toRealPath().resolve("member");
        try (MetaStore store = MetaStore.open(directory)) {
            store.table(NOTES).put("a", "1");
        }
        LogPosition last = DirectoryFaults.trim(directory, entry -> {}).last();
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), directory)) {
            member = succession.identity().memberName() + "@"
                    + succession.identity().incarnation();
            order = order(succession.identity().clusterId(), last, List.of(seal()), Optional.empty(), List.of());
        }
    }

    private static MemberSeal seal() {
        return new MemberSeal("[::1]:90", FAR, new LogPosition(2, 30));
    }

    private static ResetOrder order(
            UUID cluster,
            LogPosition last,
            List<MemberSeal> members,
            Optional<String> fetched,
            List<Membership.Member> readmitted) {
        return new ResetOrder(
                new UUID(1, 2),
                cluster,
                1,
                last,
                last,
                7,
                2,
                "ann",
                "why",
                "PROVEN_NONE",
                "digest",
                List.of(),
                List.of(),
                Optional.empty(),
                members,
                Optional.empty(),
                fetched,
                readmitted);
    }

    private Intent intent(ResetOrder about, List<String> gone, Duration within, Optional<Intent.Fetch> fetch) {
        return new Intent(about, member, 1, List.of(), gone, within, fetch, CLOCK.instant());
    }

    /** What a build of before can carry out is written as it reads it. */
    @Test
    void everyIntentIsReadAsItWasWritten() {
        LogPosition last = new LogPosition(2, 30);
        List<Membership.Member> back =
                List.of(new Membership.Member("fe3", "fe3:90", MemberRole.VOTER, Optional.of(new UUID(7, 8))));
        for (List<Membership.Member> readmitted : List.of(List.<Membership.Member>of(), back)) {
            for (List<String> gone : List.of(List.<String>of(), List.of("fe4:90", "[::1]:91"))) {
                int version = !readmitted.isEmpty() ? 3 : gone.isEmpty() ? 1 : 2;
                check(
                        intent(
                                order(new UUID(3, 4), last, List.of(), Optional.empty(), readmitted),
                                gone,
                                Duration.ZERO,
                                Optional.empty()),
                        version);
                check(
                        intent(
                                order(new UUID(3, 4), last, List.of(seal()), Optional.empty(), readmitted),
                                gone,
                                Duration.ofSeconds(8),
                                Optional.empty()),
                        4);
                for (LogPosition behind : List.of(LogPosition.NONE, new LogPosition(1, 20))) {
                    for (long rate : List.of(FetchRate.BYTES_PER_SECOND_MIN, FetchRate.UNLIMITED)) {
                        check(
                                intent(
                                        order(new UUID(3, 4), last, List.of(seal()), Optional.of(FAR), readmitted),
                                        gone,
                                        Duration.ofMillis(700),
                                        Optional.of(new Intent.Fetch(
                                                new MemberFetch("[::1]:90", FAR, behind, behind.index() > 0, last),
                                                rate))),
                                4);
                    }
                }
            }
        }
    }

    private void check(Intent intent, int version) {
        byte[] bytes = IntentFile.encode(intent);
        assertThat(IntentFile.decode(directory.resolve("INTENT"), bytes)).isEqualTo(intent);
        assertThat(new String(bytes, StandardCharsets.US_ASCII))
                .startsWith("format=metastore-intent/" + version + "\n");
    }

    /** The member that runs elsewhere, as it answers. */
    private static class Far implements Elsewhere, MemberSteps {
        final List<String> asked = new ArrayList<>();

        @Override
        public MemberSteps steps() {
            return this;
        }

        @Override
        public void check(ResetOrder about) {
            asked.add("look");
        }

        @Override
        public void seal(MemberSeal about, ResetOrder recovery, Sealing.Promise promise) {
            asked.add("seal");
        }

        @Override
        public void lift(MemberSeal about, ResetOrder recovery) {
            asked.add("lift");
        }

        @Override
        public MemberJournal journal(MemberFetch fetch, ResetOrder recovery) {
            throw new AssertionError("nothing is to be fetched");
        }
    }

    /** It answers when it is looked at, and no more when it is to be sealed. */
    private static Far thatSealsAs(Reason reason) {
        return new Far() {
            @Override
            public void seal(MemberSeal about, ResetOrder recovery, Sealing.Promise promise) {
                super.seal(about, recovery, promise);
                throw new RecoveryRefusedException(reason, "as planned");
            }
        };
    }

    private String carryOut(Far far) {
        return IntentAtOpen.carryOut(new DiskFileLayer(), CLOCK, directory, Expectation.single(), intent -> {
            assertThat(intent.within()).isEqualTo(Duration.ofSeconds(8));
            return far;
        });
    }

    private void write() {
        IntentFile.write(
                new DiskFileLayer(), directory, intent(order, List.of(), Duration.ofSeconds(8), Optional.empty()));
    }

    @Test
    void openingGoesOnWhenAMemberThatFellSilentWhileItWasSealedIsBack() {
        write();
        Far silent = thatSealsAs(Reason.SOURCE_SILENT);

        refused(
                Reason.SOURCE_SILENT,
                () -> carryOut(silent),
                "it was begun, and what was sealed stays so",
                "metastore abort " + directory);

        assertThat(silent.asked).containsExactly("look", "seal");
        refused(Reason.SEALED, () -> Recovery.cancelIntent(directory), "begun and cut off");
        Far back = new Far();
        assertThat(carryOut(back)).contains("carried out");
        assertThat(back.asked).as("whoever is sealed need not be there").containsExactly("seal");
        assertThat(carryOut(back)).isEmpty();
        checkEpoch(2);
    }

    @Test
    void memberThatRefusesLeavesNothingSealedAndTheNextOpeningGoesOnAsItIs() {
        write();
        Far other = thatSealsAs(Reason.CHANGED_SINCE);

        refused(Reason.CHANGED_SINCE, () -> carryOut(other), "it was given up, and nothing is sealed by it any more");

        assertThat(carryOut(new Far())).startsWith("nothing was recovered: ");
        assertThat(carryOut(new Far())).isEmpty();
        checkEpoch(1);
        try (MetaStore store = MetaStore.open(directory)) {
            assertThat(store.table(NOTES).get("a")).contains("1");
        }
    }

    /** Of a member that runs elsewhere and is sealed there the copy of its directory that is here is of no use. */
    @Test
    void copyHereMayComeBackUnlessItsMemberRunsElsewhere() throws IOException {
        for (boolean elsewhere : List.of(true, false)) {
            Path target = directory.resolveSibling("target-" + elsewhere);
            Path copy = directory.resolveSibling("copy-" + elsewhere);
            Trees.copy(directory, target);
            Trees.copy(directory, copy);
            ResetOrder about = new ResetOrder(
                    order.recovery(),
                    order.cluster(),
                    1,
                    order.last(),
                    order.last(),
                    7,
                    2,
                    "ann",
                    "why",
                    "PROVEN_NONE",
                    "digest",
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    elsewhere ? List.of(new MemberSeal("[::1]:90", member, order.last())) : List.of(),
                    Optional.of("[::1]:92"),
                    Optional.empty(),
                    List.of(new Membership.Member(
                            member.substring(0, member.indexOf('@')),
                            "[::1]:90",
                            MemberRole.VOTER,
                            Optional.of(UUID.fromString(member.substring(member.indexOf('@') + 1))))));
            Sealing sealing =
                    new Sealing(new DiskFileLayer(), CLOCK, List.of(new Sealing.Directory(copy, order.last())), 1);
            try (EpochSuccession goesOn = EpochSuccession.open(new DiskFileLayer(), target);
                    EpochSuccession other = EpochSuccession.open(new DiskFileLayer(), copy)) {
                sealing.run(List.of(goesOn, other), about, new ArrayList<>());

                assertThat(other.seal().orElseThrow().readmission())
                        .isEqualTo(elsewhere ? Optional.empty() : Optional.of("[::1]:92"));
            }
        }
    }

    private void checkEpoch(long epoch) {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), directory)) {
            assertThat(succession.epoch()).isEqualTo(epoch);
            assertThat(succession.intent()).isEmpty();
        }
    }

    private static void refused(Reason reason, ThrowingCallable call, String... says) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RecoveryRefusedException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
                .hasMessageContainingAll(says);
    }
}
