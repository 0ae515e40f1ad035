package io.metastore.recovery;

import java.nio.file.Path;
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
 */
public record RecoveryResult(
        Path directory, String member, long epoch, Verdict verdict, boolean running, List<String> done) {

    public RecoveryResult {
        done = List.copyOf(done);
    }

    /** All of it, for people. */
    public String report() {
        StringBuilder text = new StringBuilder("epoch " + epoch + " begins with " + member + " in " + directory + "\n");
        text.append("verdict: ").append(verdict.kind()).append('\n');
        verdict.evidence().forEach(line -> text.append("  ").append(line).append('\n'));
        done.forEach(line -> text.append(line).append('\n'));
        text.append(running ? "next: " : "next: start this member, then ")
                .append("let the others come back, with rejoin() or empty directories\n");
        return text.toString();
    }
}
