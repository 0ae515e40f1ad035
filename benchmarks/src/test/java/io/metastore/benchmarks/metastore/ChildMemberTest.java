package io.metastore.benchmarks.metastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MemberAddress;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Member;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildMemberTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void endsWhenItsParentIsKilled() throws Exception {
        // given
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + directory, // Killed processes do not clear up.
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader printed =
                new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
            ProcessHandle child =
                    ProcessHandle.of(Long.parseLong(printed.readLine())).orElseThrow();
            // when
            parent.destroyForcibly();
            // then
            child.onExit().get(10, TimeUnit.SECONDS);
            assertThat(child.isAlive()).isFalse();
        } finally {
            parent.destroyForcibly();
        }
    }

    /** Starts a member that looks for two others in vain, prints its process id, and waits to be killed; ends with whoever started it too. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) throws IOException {
            int port;
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            Member member = new Member("n1", Path.of(arguments[0]), port);
            MemberProcess.Opening opening = new MemberProcess.Opening(
                    member.directory().resolve("meta"),
                    "n1",
                    member.address(),
                    ImagePlan.DEFAULT,
                    false,
                    Stream.of(
                                    MemberAddress.voter("n1", member.address()),
                                    MemberAddress.voter("n2", "127.0.0.1:1"),
                                    MemberAddress.voter("n3", "127.0.0.1:2"))
                            .map(MemberAddress::toString)
                            .toList());
            ChildMember child = ChildMember.start(member, opening, List.of());
            while (child.standing().equals(ChildMember.Standing.OPENING)) {
                Thread.onSpinWait(); // Each answer of another process takes its time.
            }
            System.out.println(child.handle().pid());
            System.in.read();
        }
    }
}
