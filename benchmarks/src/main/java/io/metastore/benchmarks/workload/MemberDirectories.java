package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Member;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** The directories and ports of three members below one root; the ports are kept in a file so that a reopening finds them. */
final class MemberDirectories {
    private static final int MEMBERS = 3;
    private static final String PORTS_FILE = "ports";
    /** Below the range from which the kernel takes the ports of outgoing connections. */
    private static final int PORT_MIN = 20_000;

    private static final int PORT_MAX = 32_000;

    private MemberDirectories() {}

    static List<Member> in(Path root) throws IOException {
        List<Integer> ports = ports(Files.createDirectories(root).resolve(PORTS_FILE));
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            String name = "n" + (i + 1);
            members.add(new Member(name, Files.createDirectories(root.resolve(name)), ports.get(i)));
        }
        return members;
    }

    private static List<Integer> ports(Path file) throws IOException {
        if (!Files.exists(file)) {
            Set<Integer> free = new HashSet<>();
            while (free.size() < MEMBERS) {
                free.add(freePort());
            }
            Files.write(file, free.stream().map(String::valueOf).toList());
        }
        return Files.readAllLines(file).stream().map(Integer::valueOf).toList();
    }

    private static int freePort() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IOException("no free port found: from=" + PORT_MIN + " to=" + PORT_MAX);
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
