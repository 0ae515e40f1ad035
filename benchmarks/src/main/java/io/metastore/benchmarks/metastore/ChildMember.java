package io.metastore.benchmarks.metastore;

import io.metastore.benchmarks.Member;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A member in a JVM of its own, a child of this one, with this one's arguments and class path. What it logs goes to this JVM's standard error. Ends with
 * {@link #close}, or by itself when this JVM is gone. Not thread-safe.
 */
final class ChildMember implements AutoCloseable {
    private static final long END_SECONDS_MAX = 10;

    private final Member member;
    private final Process process;
    private final Writer questions;
    private final BufferedReader answers;

    private ChildMember(Member member, Process process) {
        this.member = member;
        this.process = process;
        this.questions = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Where a member stands.
     *
     * @param revision number of the last it has applied, -1 while it is opening
     * @param index of the journal entry it has applied last
     * @param journalFirst of the journal that it has
     * @param receivedBytes of images, since it was started
     */
    record Standing(long revision, boolean leads, long index, long journalFirst, long receivedBytes) {
        static final Standing OPENING = new Standing(-1, false, -1, -1, 0);

        String line() {
            return revision + " " + leads + " " + index + " " + journalFirst + " " + receivedBytes;
        }

        static Standing parse(String line) {
            Iterator<String> words = Arrays.asList(line.split(" ", -1)).iterator();
            return new Standing(
                    Long.parseLong(words.next()),
                    Boolean.parseBoolean(words.next()),
                    Long.parseLong(words.next()),
                    Long.parseLong(words.next()),
                    Long.parseLong(words.next()));
        }
    }

    /**
     * Returns at once; the member opens by and by.
     *
     * @param before goes in front of the command, for a machine that can say where it runs; or nothing
     */
    static ChildMember start(Member member, MemberProcess.Opening opening, List<String> before) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-javaagent") && !argument.startsWith("-agent"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MemberProcess.class.getName()));
        command.addAll(opening.arguments());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new ChildMember(member, process);
    }

    Member member() {
        return member;
    }

    /** Asks the member. */
    Standing standing() throws IOException {
        ask(MemberProcess.STANDING);
        return answered();
    }

    /** Has it make an image; {@link #answered} returns when there is one. */
    void beginImage() throws IOException {
        ask(MemberProcess.IMAGE);
    }

    private void ask(String question) throws IOException {
        questions.write(question + "\n");
        questions.flush();
    }

    /** Waits for what was asked last. */
    Standing answered() throws IOException {
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the process of a member has ended, its log says why: member=" + member.name()
                    + " pid=" + process.pid());
        }
        return Standing.parse(answer);
    }

    /** Ends it without a goodbye. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** False when the member has failed; its log says why. */
    boolean alive() {
        return process.isAlive();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Tells it to end; does not wait. */
    void beginEnd() throws IOException {
        questions.close();
    }

    /** Ends it in an orderly way; kills it when that takes more than ten seconds. */
    @Override
    public void close() throws IOException {
        beginEnd();
        try {
            process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
