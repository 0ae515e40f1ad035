package io.metastore.raft;

import io.metastore.raft.internal.assembly.FilesAddon;
import io.metastore.snapshot.files.FileLayer;
import java.util.function.UnaryOperator;

/**
 * Lets a test see each operation on the small files and directories of a member before it happens, so that it can kill somebody exactly there. The journal and the
 * state are written by others. For tests; given with {@link io.metastore.api.MetaStore.Builder#with}.
 */
public final class ObservedFiles implements FilesAddon {

    private final UnaryOperator<FileLayer> observed;

    /** @param observed makes a layer over that of the disk; called by many threads */
    public ObservedFiles(UnaryOperator<FileLayer> observed) {
        this.observed = observed;
    }

    @Override
    public String name() {
        return "observed-files";
    }

    @Override
    public FileLayer over(FileLayer disk) {
        return observed.apply(disk);
    }
}
