package io.metastore.recovery;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Secret;
import io.metastore.api.TableDef;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A member in a process of its own, over real sockets; it does what it is told on its standard input. */
final class MemberProcess implements AutoCloseable {
    static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    static final Secret TOKEN = Secret.of("token of tests");
    private static final Duration WRITE_MAX = Duration.ofSeconds(5);
    private static final long ANSWER_SECONDS = 30;

    private final Process process;
    private final Writer input;
    /** What it has answered, by the first word. */
    private final Map<String, BlockingQueue<String>> answers = new ConcurrentHashMap<>();

    private MemberProcess(Process process) {
        this.process = process;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "member-process-output");
        reader.setDaemon(true);
        reader.start();
    }

    static MetaStore open(Path directory, String name, List<String> addresses) {
        return builder(directory, name, addresses).open();
    }

    /** How the member is opened, whatever has happened since the first time. */
    static MetaStore.Builder builder(Path directory, String name, List<String> addresses) {
        String[] members = new String[addresses.size()];
        for (int i = 0; i < members.length; i++) {
            members[i] = "fe" + (i + 1) + "=" + addresses.get(i);
        }
        String own = addresses.get(Integer.parseInt(name.substring(2)) - 1);
        return MetaStore.builder(directory).member(name, own).bootstrap(members).clusterToken(TOKEN);
    }

    /** In the process: directory, name, addresses of all. */
    public static void main(String[] args) throws IOException {
        List<String> addresses = List.of(args).subList(2, args.length);
        MetaStore store = open(Path.of(args[0]), args[1], addresses);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("put")) {
                say(
                        words[1],
                        () -> "acknowledged at "
                                + store.withTimeout(WRITE_MAX).table(NOTES).put(words[1], words[2]));
            } else if (words[0].equals("get")) {
                say(
                        words[1],
                        () -> "found "
                                + store.withTimeout(WRITE_MAX).table(NOTES).get(words[1]));
            } else {
                System.out.println(line + " " + store.status().state());
            }
        }
        Runtime.getRuntime().halt(0); // Whoever started it is gone.
    }

    /** On a thread of its own: it may wait. */
    private static void say(String word, Supplier<String> work) {
        new Thread(() -> {
                    String outcome;
                    try {
                        outcome = work.get();
                    } catch (MetastoreException e) {
                        outcome = "failed " + e;
                    }
                    System.out.println(word + " " + outcome);
                })
                .start();
    }

    static MemberProcess start(Path temporary, String name, List<String> addresses) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(temporary.resolve(name).toString(), name));
        arguments.addAll(addresses);
        List<String> command = JavaCommand.of(temporary, MemberProcess.class, arguments);
        return new MemberProcess(new ProcessBuilder(command)
                .redirectError(temporary.resolve(name + ".log").toFile())
                .start());
    }

    private void read() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                String[] words = line.split(" ", 2);
                queue(words[0]).add(words.length == 2 ? words[1] : "");
            }
        } catch (IOException e) {
            // It was killed.
        }
    }

    private BlockingQueue<String> queue(String word) {
        return answers.computeIfAbsent(word, any -> new LinkedBlockingQueue<>());
    }

    void say(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    /** The next answer that begins with a word, without it. */
    String answer(String word) throws InterruptedException {
        String answer = queue(word).poll(ANSWER_SECONDS, TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("the process does not answer: word=" + word + " alive=" + process.isAlive());
        }
        return answer;
    }

    /** Sends a signal, by its name. */
    void signal(String name) throws IOException, InterruptedException {
        Process sending = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        if (sending.waitFor() != 0) {
            throw new AssertionError("the signal was not sent: " + name);
        }
    }

    /** As the kernel calls it: T for suspended. */
    char state() throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
