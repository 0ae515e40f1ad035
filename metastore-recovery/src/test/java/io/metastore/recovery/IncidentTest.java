package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.MetaStore;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.survey.Finding;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What happened to others, as a diagnosis of directories. */
class IncidentTest {
    @TempDir
    Path temporary;

    /**
     * An incident that is made of directories in the library's format.
     *
     * @param survivors makes what is left below a directory
     * @param order the members, freshest first
     * @param divergence index from which the second differs from the first; -1 when it does not
     * @param term the highest that anybody took part in
     */
    private record Incident(
            String name,
            Function<Path, List<CraftedMember>> survivors,
            List<String> order,
            Verdict.Kind verdict,
            CommitBracket bracket,
            long divergence,
            long term) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Incident> incidents() {
        return Stream.of(
                new Incident(
                        "three of five lost, the shorter log has the later term",
                        root -> List.of(
                                member(root, "a", "a", "b", "c", "d", "e")
                                        .elected(7)
                                        .commandsUpTo(7, 5240, 5235)
                                        .write(8),
                                member(root, "b", "a", "b", "c", "d", "e")
                                        .elected(7)
                                        .commandsUpTo(7, 5236, 5235)
                                        .elected(8)
                                        .commandsUpTo(8, 5238, 5235)
                                        .write(8)),
                        List.of("b", "a"),
                        Verdict.Kind.UNBOUNDED,
                        new CommitBracket(5235, 5238),
                        5237,
                        8),
                new Incident(
                        "a stale member campaigned alone up to term 90",
                        root -> List.of(
                                member(root, "a", "a", "b", "c")
                                        .elected(3)
                                        .commandsUpTo(3, 120, 50)
                                        .write(90),
                                member(root, "b", "a", "b", "c")
                                        .elected(3)
                                        .commandsUpTo(3, 60, 50)
                                        .elected(5)
                                        .commandsUpTo(5, 80, 70)
                                        .write(5)),
                        List.of("b", "a"),
                        Verdict.Kind.PROVEN_NONE,
                        new CommitBracket(70, 80),
                        61,
                        90),
                new Incident(
                        "the newer image is beside the shorter journal",
                        root -> List.of(
                                member(root, "b", "a", "b", "c")
                                        .elected(3)
                                        .commandsUpTo(3, 950)
                                        .image(3, 950)
                                        .write(3, 800),
                                member(root, "a", "a", "b", "c")
                                        .elected(3)
                                        .commandsUpTo(3, 1000)
                                        .image(3, 900)
                                        .write(3, 700)),
                        List.of("a", "b"),
                        Verdict.Kind.PROVEN_NONE,
                        new CommitBracket(999, 1000),
                        -1,
                        3),
                new Incident(
                        "the old leader has one entry that nobody else has",
                        root -> List.of(
                                member(root, "a", "a", "b", "c")
                                        .elected(1)
                                        .commandsUpTo(1, 31)
                                        .write(1),
                                member(root, "b", "a", "b", "c")
                                        .elected(1)
                                        .commandsUpTo(1, 30)
                                        .elected(2)
                                        .commandsUpTo(2, 40)
                                        .write(2),
                                member(root, "c", "a", "b", "c")
                                        .elected(1)
                                        .commandsUpTo(1, 30)
                                        .elected(2)
                                        .commandsUpTo(2, 40)
                                        .write(2)),
                        List.of("b", "c", "a"),
                        Verdict.Kind.PROVEN_NONE,
                        new CommitBracket(39, 40),
                        31,
                        2),
                new Incident(
                        "the survivor of an earlier recovery beside a member that came back from before",
                        root -> List.of(
                                member(root, "b", "a", "b", "c")
                                        .elected(9)
                                        .commandsUpTo(9, 900)
                                        .write(9),
                                CraftedMember.create(root.resolve("a"), "a", 2, "a")
                                        .elected(4)
                                        .commandsUpTo(4, 50)
                                        .write(10)),
                        List.of("a", "b"),
                        Verdict.Kind.PROVEN_NONE,
                        new CommitBracket(49, 50),
                        -1,
                        10),
                new Incident(
                        "three of six lost, and the freshest of the others has one entry that they have not",
                        root -> threeOfSix(root, name -> name.equals("b") ? 91 : 90, name -> 3),
                        List.of("b", "a", "c"),
                        Verdict.Kind.PROVEN_NONE,
                        new CommitBracket(80, 91),
                        -1,
                        3),
                new Incident(
                        "three of six lost, and one of the others has voted since",
                        root -> threeOfSix(root, name -> 90, name -> name.equals("c") ? 4 : 3),
                        List.of("a", "b", "c"),
                        Verdict.Kind.UNBOUNDED,
                        new CommitBracket(80, 90),
                        -1,
                        4),
                new Incident(
                        "all voters are lost, an observer is left",
                        root -> List.of(member(root, "o", "a", "b", "c")
                                .elected(2)
                                .commandsUpTo(2, 80, 60)
                                .write(2)),
                        List.of("o"),
                        Verdict.Kind.UNBOUNDED,
                        new CommitBracket(60, 80),
                        -1,
                        2),
                new Incident(
                        "an observer has more than the voter that is left, and they are two of four members",
                        root -> List.of(
                                member(root, "c", "a", "b", "c")
                                        .elected(2)
                                        .commandsUpTo(2, 40, 30)
                                        .write(2),
                                member(root, "o", "a", "b", "c")
                                        .elected(2)
                                        .commandsUpTo(2, 45, 40)
                                        .write(2)),
                        List.of("o", "c"),
                        Verdict.Kind.UNBOUNDED,
                        new CommitBracket(40, 45),
                        -1,
                        2),
                new Incident(
                        "an observer that is behind is beside two of three voters",
                        root -> List.of(
                                member(root, "o", "a", "b", "c")
                                        .elected(2)
                                        .commandsUpTo(2, 20)
                                        .write(2),
                                member(root, "a", "a", "b", "c")
                                        .elected(2)
                                        .commandsUpTo(2, 60)
                                        .write(2),
                                member(root, "b", "a", "b", "c")
                                        .elected(2)
                                        .commandsUpTo(2, 55)
                                        .write(2)),
                        List.of("a", "b", "o"),
                        Verdict.Kind.PROVEN_NONE,
                        new CommitBracket(59, 60),
                        -1,
                        2));
    }

    /**
     * Three of six voters in term 3, of which 80 entries are committed.
     *
     * @param last entry of each by its name
     * @param term that each has taken part in
     */
    private static List<CraftedMember> threeOfSix(Path root, ToIntFunction<String> last, ToIntFunction<String> term) {
        return Stream.of("a", "b", "c")
                .map(name -> member(root, name, "a", "b", "c", "d", "e", "f")
                        .elected(3)
                        .commandsUpTo(3, last.applyAsInt(name), 80)
                        .write(term.applyAsInt(name)))
                .toList();
    }

    private static CraftedMember member(Path root, String name, String... voters) {
        return CraftedMember.create(root.resolve(name), name, 1, voters);
    }

    @ParameterizedTest
    @MethodSource("incidents")
    void isDiagnosed(Incident incident) {
        Survey survey = survey(incident.survivors().apply(temporary).stream()
                .map(CraftedMember::directory)
                .toArray(Path[]::new));
        assertThat(survey.copies())
                .allMatch(SurveyedCopy::complete)
                .flatExtracting(SurveyedCopy::findings)
                .extracting(Finding::kind)
                .containsOnly(Finding.Kind.STATE); // They have none.
        Diagnosis diagnosis = survey.diagnose();
        assertThat(diagnosis.candidates()).extracting(Copy::name).containsExactlyElementsOf(incident.order());
        assertThat(diagnosis.verdict().kind()).isEqualTo(incident.verdict());
        assertThat(diagnosis.bracket()).isEqualTo(incident.bracket());
        assertThat(diagnosis.divergences())
                .hasSize(incident.divergence() < 0 ? 0 : 1)
                .allMatch(each -> each.firstDiffering() == incident.divergence() && each.exact());
        assertThat(diagnosis.candidates().stream().mapToLong(Copy::term).max()).hasValue(incident.term());
        assertThat(diagnosis.refusal()).isEmpty();
    }

    /** Of two copies the one that is chosen turns out to have nothing that can be opened before its purged journal: nobody is kept from the old epoch for that. */
    @Test
    void unusableTargetLeavesNobodySealed() {
        Path target = member(temporary, "a", "a", "b", "c")
                .elected(3)
                .commandsUpTo(3, 1000)
                .write(3, 700)
                .directory();
        Path other = member(temporary, "b", "a", "b", "c")
                .elected(3)
                .commandsUpTo(3, 950)
                .write(3)
                .directory();
        RecoveryPlan plan = survey(target, other).plan();
        assertThat(plan.target().directory()).isEqualTo(target);

        assertThatThrownBy(() -> plan.apply(Consent.to(plan)))
                .isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(RecoveryRefusedException.Reason.UNUSABLE_COPY));

        for (Path directory : List.of(target, other)) {
            try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), directory)) {
                assertThat(succession.epoch()).isEqualTo(1);
                assertThat(succession.seal().orElseThrow().forbids(1))
                        .as("%s", directory)
                        .isFalse();
            }
        }
    }

    private static Survey survey(Path... directories) {
        return Recovery.of(Arrays.stream(directories).map(Source::directory).toArray(Source[]::new))
                .survey();
    }

    /** The others first, so that nobody stands for election. */
    private List<String> writeAndKill(int voters) {
        List<String> killed = new ArrayList<>();
        try (RealMembers members = new RealMembers(temporary, voters)) {
            members.write("a", 0, 20);
            List<String> names = new ArrayList<>(List.of("a", "b", "c", "d").subList(0, voters));
            String leader = names.stream()
                    .filter(each -> MemberProbe.of(members.member(each)).leads())
                    .findFirst()
                    .orElseThrow();
            names.remove(leader);
            names.add(leader);
            for (String name : names) {
                members.kill(name);
                killed.add(name);
            }
        }
        return killed;
    }

    @Test
    void twoOfThreeDisksLost() {
        List<String> killed = writeAndKill(3);
        Path survivor = temporary.resolve(killed.get(2));
        Survey survey = survey(survivor);
        Diagnosis diagnosis = survey.diagnose();
        assertThat(survey.copies().get(0).complete()).as("%s", survey).isTrue();
        assertThat(diagnosis.verdict().kind()).isEqualTo(Verdict.Kind.UNBOUNDED);
        assertThat(diagnosis.verdict().evidence())
                .anyMatch(each -> each.contains("those not surveyed are a majority: surveyed=1"));
        assertThat(diagnosis.bracket().proven())
                .isEqualTo(survey.copies().get(0).last().index() - 1);
        assertThat(diagnosis.bracket().possible())
                .isEqualTo(survey.copies().get(0).last().index());

        Diagnosis two = survey(survivor, temporary.resolve(killed.get(0))).diagnose();
        assertThat(two.verdict().kind()).as("%s", two).isEqualTo(Verdict.Kind.PROVEN_NONE);
        assertThat(two.candidates().get(0).name()).isEqualTo(killed.get(2));

        Survey switchedOff = survey(temporary.resolve("a"), temporary.resolve("b"), temporary.resolve("c"));
        assertThat(switchedOff.copies()).allMatch(SurveyedCopy::complete);
        assertThat(switchedOff.diagnose().verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
        assertThat(switchedOff.diagnose().divergences()).isEmpty();
        assertThat(switchedOff.contradictions()).isEmpty();
    }

    @Test
    void twoOfFourDisksLost() {
        List<String> killed = writeAndKill(4);
        Survey survey = survey(temporary.resolve(killed.get(2)), temporary.resolve(killed.get(3)));
        Diagnosis diagnosis = survey.diagnose();
        assertThat(diagnosis.verdict().kind()).as("%s", survey).isEqualTo(Verdict.Kind.PROVEN_NONE);
        assertThat(diagnosis.candidates().get(0).last())
                .isEqualTo(diagnosis.candidates().stream()
                        .map(Copy::last)
                        .max(Comparator.naturalOrder())
                        .orElseThrow());
        RecoveryPlan plan = survey.plan();
        assertThat(plan.target().last()).isEqualTo(diagnosis.candidates().get(0).last());
        plan.apply(Consent.to(plan));
        String goesOn = RecoveryPlan.nameOf(plan.target().member());
        try (MetaStore recovered = MetaStore.builder(plan.target().directory())
                .member(goesOn, goesOn + ":1")
                .with(new SimulatedNetwork(1))
                .open()) {
            for (int i = 0; i < 20; i++) {
                assertThat(recovered.table(RealMembers.NAMES).get("key" + i)).contains("value" + i);
            }
            recovered.table(RealMembers.NAMES).put("after", "it");
        }
    }
}
