package io.metastore.raft.internal.assembly;

import io.metastore.api.Addon;
import io.metastore.snapshot.files.FileLayer;

/** An add-on through which a store's own files go. */
public interface FilesAddon extends Addon {

    /** What is used in place of the disk. */
    FileLayer over(FileLayer disk);
}
