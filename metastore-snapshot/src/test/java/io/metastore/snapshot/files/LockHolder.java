package io.metastore.snapshot.files;

import io.metastore.api.MetastoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Opens a directory in a process of its own. Says {@code open} and holds it until its input ends, or says why not. */
final class LockHolder {

    private LockHolder() {}

    public static void main(String[] arguments) throws IOException {
        try (MemberDirectory directory = Samples.open(Path.of(arguments[0]))) {
            System.out.println("open " + directory.root());
            while (System.in.read() >= 0) {
                // Until the one who started this goes on.
            }
        } catch (MetastoreException e) {
            System.out.println(e.code() + " " + e.getMessage());
        }
    }

    /** The process, and the first thing it said. */
    record Started(Process process, String said) {}

    static Started start(Path path) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        path.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        return new Started(process, String.valueOf(output.readLine()));
    }
}
