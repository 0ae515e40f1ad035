package io.metastore.raft.offline;

import io.metastore.api.KeptBranch;
import io.metastore.snapshot.files.EpochEnd;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BooleanSupplier;

/**
 * Lists what recoveries left behind in the directory of an open member. Found by {@link ServiceLoader}; the module metastore-recovery brings the one implementation.
 */
public interface BranchListing {

    /**
     * What was found.
     *
     * @param branches the newest epoch first
     * @param undecided what could not be told, a sentence each
     */
    record Found(List<KeptBranch> branches, List<String> undecided) {

        /** Nothing. */
        public static final Found NONE = new Found(List.of(), List.of());

        public Found {
            branches = List.copyOf(branches);
            undecided = List.copyOf(undecided);
        }
    }

    /**
     * Reads the journals of former epochs and the branches that were exported; not what leaders of the live epoch have cut off, as that goes on. Changes nothing, takes no lock, fails
     * for no content. Blocks for as long as reading takes.
     *
     * @param directory its real path
     * @param member its name
     * @param ends where former epochs ended, as its state has them
     * @param ended whether the member has been closed meanwhile, and nobody waits for it any more
     * @throws java.util.concurrent.CancellationException it has ended
     */
    Found in(Path directory, String member, List<EpochEnd> ends, BooleanSupplier ended);

    /** The one of this process; empty when there is none. */
    static Optional<BranchListing> find() {
        Optional<BranchListing> found = ServiceLoader.load(BranchListing.class).findFirst();
        // A context class loader may see less than the loader of this class does.
        return found.isPresent()
                ? found
                : ServiceLoader.load(BranchListing.class, BranchListing.class.getClassLoader())
                        .findFirst();
    }
}
