package io.metastore.raft.offline;

import io.metastore.snapshot.files.EpochEnd;
import io.metastore.snapshot.files.EpochSuccession;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Keeps, in one file, what a member has that the epoch which it enters did not take over, before its journal is left behind. Found by {@link ServiceLoader}; the module
 * metastore-recovery brings the one implementation. Without it nothing is lost: the journal stays in the directory of its epoch.
 */
public interface BranchAtReturn {

    /**
     * Keeps it; durable when it returns, there whole or not at all. May be repeated when it was cut off, and comes to the same file. Changes nothing else.
     *
     * @param succession the directory, in the epoch that has ended
     * @param end of that epoch
     * @return what was kept or why not, in words; empty when all that it has was taken over
     * @throws io.metastore.api.DirectoryUnusableException the disk refused
     */
    String keep(EpochSuccession succession, EpochEnd end);

    /**
     * Keeps what there is to be kept, if anybody here can.
     *
     * @param ends of epochs, as those know who went on
     * @return in words, for the log; empty when nothing is left behind
     */
    static String of(EpochSuccession succession, List<EpochEnd> ends) {
        List<BranchAtReturn> found = new ArrayList<>();
        ServiceLoader.load(BranchAtReturn.class).forEach(found::add);
        if (found.isEmpty()) {
            // A context class loader may see less than the loader of this class does.
            ServiceLoader.load(BranchAtReturn.class, BranchAtReturn.class.getClassLoader())
                    .forEach(found::add);
        }
        if (found.isEmpty()) {
            return "not exported: io.metastore:metastore-recovery is not on the class path; it stays in "
                    + succession.epochDirectory(succession.epoch());
        }
        return ends.stream()
                .filter(end -> end.epoch() == succession.epoch())
                .findFirst()
                .map(end -> found.get(0).keep(succession, end))
                .orElseGet(() -> "not exported: who let it in does not say where its epoch ended; it stays in "
                        + succession.epochDirectory(succession.epoch()));
    }
}
