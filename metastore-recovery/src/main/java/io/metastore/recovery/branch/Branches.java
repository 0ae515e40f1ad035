package io.metastore.recovery.branch;

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

    /** For people: a line each. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        list.forEach(each -> text.append(each).append('\n'));
        undecided.forEach(each -> text.append("not known: ").append(each).append('\n'));
        return text.isEmpty() ? "no branches\n" : text.toString();
    }
}
