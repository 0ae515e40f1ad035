package io.metastore.recovery.branch;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The branches that directories keep.
 *
 * @param list those that were found, by directory and epoch
 * @param undecided what could not be told, and which directory would tell, a sentence each
 */
public record Branches(List<Branch> list, List<String> undecided) {

    public Branches {
        list = List.copyOf(list);
        undecided = List.copyOf(undecided);
    }

    /**
     * Finds them. Changes no byte and takes no lock, also beside running members; fails for no content.
     *
     * @param directories of members, stopped or running, or copies of them; what was cut from one shows in itself, what another one had that was not taken over
     *     needs the one that went on beside it
     */
    public static Branches find(List<Path> directories) {
        return new BranchSearch(directories).run();
    }

    /**
     * Those that were exported by themselves when the member of a directory came back into an epoch that others had begun; {@link #find} has them too. Reads those files and
     * nothing else.
     *
     * @param directory of a member, running or not, or a copy
     * @throws io.metastore.api.CorruptStateException one of them is not as it was written
     * @throws io.metastore.api.DirectoryMismatchException a newer version wrote one of them
     * @throws DirectoryUnusableException they cannot be read
     */
    public static List<Branch> kept(Path directory) {
        return keptFiles(new DiskFileLayer(), directory).stream()
                .map(Branch::load)
                .toList();
    }

    static List<Path> keptFiles(FileLayer files, Path directory) {
        Path place = DirectoryInspection.of(files, directory.toAbsolutePath()).branchDirectory();
        try {
            return files.kind(place) != FileLayer.Kind.DIRECTORY
                    ? List.of()
                    : files.list(place).stream()
                            .filter(name -> name.endsWith(".jsonl")) // Not one that is being written.
                            .sorted()
                            .map(place::resolve)
                            .toList();
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "the branches of a directory cannot be listed: directory=" + place + " error=" + e
                            + "; check the disk and permissions",
                    e);
        }
    }

    /** For people: a line each. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        list.forEach(each -> text.append(each).append('\n'));
        undecided.forEach(each -> text.append("not known: ").append(each).append('\n'));
        return text.isEmpty() ? "no branches\n" : text.toString();
    }
}
