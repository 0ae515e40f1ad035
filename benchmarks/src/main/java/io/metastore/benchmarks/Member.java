package io.metastore.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where one member lives.
 *
 * @param name letters and digits, unique in the cluster
 * @param directory exists and belongs to this member alone
 * @param port on {@link #HOST}; the same whenever the directory is opened again
 */
public record Member(String name, Path directory, int port) {
    /** All members are on loopback. */
    public static final String HOST = "127.0.0.1";

    public Member {
        if (name.isEmpty() || port <= 0 || port > 65535) {
            throw new IllegalArgumentException("invalid member: name=" + name + " port=" + port);
        }
    }

    /** Host and port as most systems write them. */
    public String address() {
        return HOST + ":" + port;
    }

    /** Whether its directory holds nothing yet. */
    public boolean isNew() throws IOException {
        try (var files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }
}
