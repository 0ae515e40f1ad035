package io.metastore.recovery.branch;

import io.metastore.api.KeptBranch;
import io.metastore.raft.offline.BranchListing;
import io.metastore.snapshot.files.EpochEnd;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Tells an open member which branches its directory keeps, as {@link Branches#find} would of that directory alone, but for what leaders of the live epoch have cut off. */
public final class OwnBranches implements BranchListing {

    /** For {@link java.util.ServiceLoader}. */
    public OwnBranches() {}

    @Override
    public Found in(Path directory, String member, List<EpochEnd> ends, BooleanSupplier ended) {
        Branches found = BranchSearch.ofRecoveries(directory, ends, ended).run();
        return new Found(
                found.list().stream()
                        .map(branch -> kept(branch, member))
                        .sorted(Comparator.comparingLong(KeptBranch::epoch).reversed())
                        .toList(),
                found.undecided());
    }

    private static KeptBranch kept(Branch branch, String keeper) {
        BranchFacts facts = branch.facts();
        return new KeptBranch(
                KeptBranch.Kind.valueOf(facts.kind().name()),
                facts.epoch(),
                facts.member(),
                facts.recovery(),
                facts.nextEpoch(),
                facts.first(),
                facts.last(),
                facts.entries(),
                facts.transactions(),
                facts.changes(),
                facts.exact(),
                facts.damage().orElse(""),
                keeper,
                branch.place());
    }
}
