package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.KeptBranch;
import io.metastore.api.LogPosition;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.offline.BranchListing.Found;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a member tells others every second of what it keeps: all that there is to know of it, of a few of many. */
class BranchFactsTest {

    private static KeptBranch branch(KeptBranch.Kind kind, long epoch, String member, String damage) {
        return new KeptBranch(
                kind,
                epoch,
                member,
                new UUID(3, epoch),
                epoch + 1,
                new LogPosition(4, 50),
                new LogPosition(5, 60),
                11,
                9,
                8,
                epoch % 2 == 0,
                damage,
                "fe1",
                "/data dir/branches/epoch=" + epoch);
    }

    private static Found told(Found found) {
        return BranchFacts.heard(
                "fe1",
                MemberFacts.decode(BranchFacts.tell(MemberFacts.of(), found).encode()));
    }

    @Test
    void isHeardAsItWasTold() {
        Found found = new Found(
                List.of(
                        branch(KeptBranch.Kind.TAKEN_BACK, 3, "fe1@x", ""),
                        branch(KeptBranch.Kind.OTHER_COPY, 2, "", "a file = ends early"),
                        branch(KeptBranch.Kind.CUT_TAIL, 1, "fe1@y", "")),
                List.of("one thing", "and = another"));

        assertThat(told(found)).isEqualTo(found);
        assertThat(told(Found.NONE)).isEqualTo(Found.NONE);
        assertThat(BranchFacts.tell(MemberFacts.of(), Found.NONE).facts()).isEmpty();
    }

    @Test
    void ofManyTheNewestAreTold() {
        Found many = new Found(
                IntStream.range(0, 100)
                        .mapToObj(each -> branch(KeptBranch.Kind.CUT_TAIL, 200 - each, "fe1@x", ""))
                        .toList(),
                IntStream.range(0, 100).mapToObj(each -> "sentence " + each).toList());

        assertThat(told(many))
                .isEqualTo(new Found(
                        many.branches().subList(0, BranchFacts.BRANCHES_MAX),
                        many.undecided().subList(0, BranchFacts.UNDECIDED_MAX)));
    }

    @Test
    void whatANewerBuildTellsIsPassedOver() {
        Found found = new Found(
                List.of(
                        branch(KeptBranch.Kind.CUT_TAIL, 3, "fe1@x", ""),
                        branch(KeptBranch.Kind.CUT_TAIL, 2, "fe1@x", ""),
                        branch(KeptBranch.Kind.CUT_TAIL, 1, "fe1@x", "")),
                List.of());
        MemberFacts facts = BranchFacts.tell(MemberFacts.of(), found);
        facts.with("branch.0", "BURNT " + facts.text("branch.0")).with("branch.1", "BURNT");

        assertThat(BranchFacts.heard("fe1", facts).branches())
                .containsExactly(found.branches().get(2));
    }
}
