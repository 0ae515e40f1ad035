package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.recovery.branch.Branches;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What is left of acknowledged writes that are not part of the history. */
final class Traces {

    private Traces() {}

    /**
     * Each is in a branch of some directory, also of those that were lost: as their disks would show if they were found one day.
     *
     * @param lost the key that each wrote
     */
    static void requireOf(TestCluster cluster, Map<Revision, String> lost) {
        if (lost.isEmpty()) {
            return;
        }
        Branches branches = Recovery.branches(
                cluster.members().stream().map(TestMember::directory).toArray(Path[]::new));
        Map<LogPosition, String> found = new HashMap<>();
        branches.list()
                .forEach(branch -> branch.transactions(transaction -> found.merge(
                        transaction.position(), transaction.content().toString(), String::concat)));
        lost.forEach((revision, key) -> assertThat(found.getOrDefault(revision.position(), "nothing"))
                .as("%s at %s\n%s", key, revision.position(), branches)
                .contains('"' + key + '"'));
    }
}
