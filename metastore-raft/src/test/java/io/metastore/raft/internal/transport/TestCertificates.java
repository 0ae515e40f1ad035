package io.metastore.raft.internal.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An authority of its own and what it signs, made with the JDK's keytool; PEM files as an operator would have them. */
final class TestCertificates {
    private static final String PASSWORD = "password";

    private final Path folder;
    private final Path authority;

    TestCertificates(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.authority = folder.resolve("authority.pem");
        keytool("authority", "-genkeypair", "-dname", "CN=authority", "-keyalg", "EC", "-ext", "bc:c");
        Files.writeString(authority, keytool("authority", "-exportcert", "-rfc"));
    }

    Path authority() {
        return authority;
    }

    /** A certificate for 127.0.0.1 and localhost. */
    TlsFiles member(String name, boolean mutual) throws Exception {
        keytool(name, "-genkeypair", "-dname", "CN=" + name, "-keyalg", "EC");
        Path request = folder.resolve(name + ".csr");
        Files.writeString(request, keytool(name, "-certreq"));
        String signed = keytool(
                "authority",
                "-gencert",
                "-rfc",
                "-infile",
                request.toString(),
                "-ext",
                "san=ip:127.0.0.1,dns:localhost");
        Path certificate = folder.resolve(name + ".pem");
        Files.writeString(certificate, signed);
        Path key = folder.resolve(name + ".key");
        Files.writeString(key, privateKey(name));
        return new TlsFiles(certificate, key, authority, mutual);
    }

    private String privateKey(String name) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(file, PASSWORD.toCharArray());
        }
        Key key = store.getKey("key", PASSWORD.toCharArray());
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private String keytool(String name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC")); // Short-lived.
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of(
                "-alias", "key", "-keystore", folder.resolve(name + ".p12").toString()));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Path errors = folder.resolve("keytool-errors.txt");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool failed: " + output + Files.readString(errors));
        }
        return output;
    }
}
