package io.metastore.recovery;

import io.metastore.api.MetaStore;
import io.metastore.raft.ObservedFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A member in a process of its own, over real sockets, whose directory was left behind by a recovery; until it is killed. */
final class ReturningProcess implements AutoCloseable {
    /** It waits for nothing. */
    static final int NEVER = -1;

    private static final String WAITS = "waits";

    private final Process process;
    private final Path log;

    private ReturningProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        Thread reading = new Thread(this::read, "returning-process-output");
        reading.setDaemon(true);
        reading.start();
    }

    /** In the process: how many changes of its files are made before one is waited with; directory, name, addresses of all. */
    public static void main(String[] args) throws InterruptedException {
        int change = Integer.parseInt(args[0]);
        MetaStore store = MemberProcess.builder(
                        Path.of(args[1]), args[2], List.of(args).subList(3, args.length))
                .with(new ObservedFiles(disk -> WaitingDisk.before(change, () -> System.out.println(WAITS))))
                .open();
        new CountDownLatch(1).await(); // To be killed.
        store.close();
    }

    /** Starts it. It is killed by force before that change. */
    static ReturningProcess start(int change, Path temporary, Path directory, String name, List<String> addresses)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(String.valueOf(change), directory.toString(), name));
        arguments.addAll(addresses);
        List<String> command = JavaCommand.of(temporary, ReturningProcess.class, arguments);
        Path log = temporary.resolve("returning.log");
        return new ReturningProcess(
                new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
    }

    private void read() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.equals(WAITS)) {
                    kill();
                }
            }
        } catch (IOException e) {
            // It was killed.
        }
    }

    /** By SIGKILL; it is gone when this returns. */
    void kill() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    /** Whether it was killed; fails when it has ended by itself. */
    boolean isKilled() {
        if (process.isAlive()) {
            return false;
        }
        int code = process.exitValue();
        if (code != 137) { // As the shell says it: 128 and SIGKILL.
            throw new AssertionError("the process has ended by itself: exit=" + code + " log=" + log);
        }
        return true;
    }

    @Override
    public void close() {
        kill();
    }
}
