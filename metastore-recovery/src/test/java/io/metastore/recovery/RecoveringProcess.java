package io.metastore.recovery;

import io.metastore.api.MetaStore;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.internal.reset.DirectoryReset;
import io.metastore.recovery.internal.reset.DirectoryReturn;
import io.metastore.snapshot.files.FileLayer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** A process that recovers a member from two directories, or goes on with that or takes it back, and says how far it is, until it is killed. */
public final class RecoveringProcess {
    /** What it says before the change of a file in the middle of which it is to be killed. */
    static final String WAITS = "waits";

    private static final String DONE = "done";

    private RecoveringProcess() {}

    /** In the process: how, name and address of the member, its directory, the other one; and how many changes are made before one is waited with. */
    public static void main(String[] args) {
        Path own = Path.of(args[3]);
        Source other = Source.directory(Path.of(args[4])).labelled("other");
        switch (args[0]) {
            case "live" -> {
                MetaStore store = open(own, args[1], args[2]);
                recover(Source.store(store).labelled("own"), other);
                MemberProbe.kill(store);
            }
            case "directories" -> recover(Source.directory(own).labelled("own"), other);
            default -> goOnOrBack(args[0], waiting(args[5]), List.of(own, Path.of(args[4])));
        }
        System.out.println(DONE);
    }

    private static FileLayer waiting(String change) {
        return WaitingDisk.before(Integer.parseInt(change), () -> System.out.println(WAITS));
    }

    /** What {@link Recovery} does with the target and with those that were sealed, in its order. */
    static void goOnOrBack(String how, FileLayer files, List<Path> directories) {
        if (how.equals("resume")) {
            new DirectoryReset(files, Clock.systemUTC(), step -> {}).resume(directories.get(0));
            return;
        }
        DirectoryReturn back = new DirectoryReturn(files, Clock.systemUTC());
        for (Path directory : directories) {
            if (how.equals("undo")) {
                back.undo(directory);
            } else {
                back.abort(directory);
            }
        }
    }

    static MetaStore open(Path directory, String name, String address) {
        return MetaStore.builder(directory)
                .member(name, address)
                .with(new SimulatedNetwork(1))
                .open();
    }

    private static void recover(Source own, Source other) {
        RecoveryPlan plan = plan(own, other);
        plan.apply(Consent.to(plan), System.out::println);
    }

    static RecoveryPlan plan(Source own, Source other) {
        return Recovery.of(own, other)
                .survey()
                .plan(PlanOptions.DEFAULT.from("own").because("ann", "two of three burnt"));
    }

    /**
     * Starts it, and kills it by force when it says a step.
     *
     * @param step the last line that is read; the process goes on until the signal arrives
     * @return whether it was killed before it had come to its end
     */
    static boolean killedAt(String step, Path temporary, String... arguments) throws IOException {
        return killedAt(step, () -> {}, temporary, arguments);
    }

    /**
     * The same.
     *
     * @param before what happens right before it is killed
     */
    static boolean killedAt(String step, Runnable before, Path temporary, String... arguments) throws IOException {
        List<String> command = JavaCommand.of(temporary, RecoveringProcess.class, List.of(arguments));
        List<String> said = new ArrayList<>();
        Process process = new ProcessBuilder(command)
                .redirectError(temporary.resolve("process.log").toFile())
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
                if (line.equals(step)) {
                    before.run();
                    process.toHandle().destroyForcibly(); // What it has said can still be read.
                }
            }
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
        if (!said.contains(step)) {
            throw new AssertionError("the process never came to the step: step=" + step + " said=" + said + " log="
                    + temporary.resolve("process.log"));
        }
        return !said.contains(DONE);
    }
}
