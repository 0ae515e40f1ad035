package io.metastore.recovery;

import io.metastore.api.MetaStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a recovery did.
 *
 * @param directory that a member may be started from now, alone
 * @param member whose it is, as {@code name@incarnation}
 * @param epoch that begins
 * @param verdict what acknowledged writes may be lost by it
 * @param running whether the store of this process goes on with it
 * @param done a sentence for each thing that was done
 * @param voters names of the other members that had a vote before
 * @param readmitted the others that come back by the plan
 */
public record RecoveryResult(
        Path directory,
        String member,
        long epoch,
        Verdict verdict,
        boolean running,
        List<String> done,
        List<String> voters,
        List<RecoveryPlan.Readmitted> readmitted) {

    public RecoveryResult {
        done = List.copyOf(done);
        voters = List.copyOf(voters);
        readmitted = List.copyOf(readmitted);
    }

    /**
     * Waits until the members that come back by the plan are what they were before. They come back whether anybody waits or not; each has to be started first. Blocks; may be
     * called again, and at any member.
     *
     * @param store of a member of the new epoch
     * @return what became of each of them, a sentence each
     */
    public List<String> awaitReadmitted(MetaStore store, Duration atMost) {
        return new Readmission(store, atMost).await(readmitted);
    }

    /**
     * Gives the members that had a vote before their vote again, each as soon as it has come back without one: opened with {@link MetaStore.Builder#rejoin}, or with an
     * empty directory. For those of which the plan says nothing, see {@link PlanOptions#readmit}. Blocks until all have it, or the time is over; may be called again.
     *
     * @param store of the member that went on; it leads
     * @return what became of each of them, a sentence each
     */
    public List<String> readmit(MetaStore store, Duration atMost) {
        return new Readmission(store, atMost).run(voters);
    }

    /** All of it, for people. */
    public String report() {
        StringBuilder text = new StringBuilder("epoch " + epoch + " begins with " + member + " in " + directory + "\n");
        text.append("verdict: ").append(verdict.kind()).append('\n');
        verdict.evidence().forEach(line -> text.append("  ").append(line).append('\n'));
        done.forEach(line -> text.append(line).append('\n'));
        text.append(running ? "next: " : "next: start this member, then ")
                .append(
                        readmitted.isEmpty()
                                ? "let the others"
                                : "start " + names() + " as before: the plan gives their places back; let others")
                .append(" come back, with rejoin() or empty directories\n");
        return text.toString();
    }

    private String names() {
        return String.join(
                ", ", readmitted.stream().map(RecoveryPlan.Readmitted::name).toList());
    }
}
