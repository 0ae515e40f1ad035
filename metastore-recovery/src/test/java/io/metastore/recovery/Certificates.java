package io.metastore.recovery;

import io.metastore.api.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Certificates that sign themselves, made with the JDK's keytool, as PEM files: who trusts one of them trusts nobody else. */
final class Certificates {
    private static final String PASSWORD = "password";

    private final Path folder;

    Certificates(Path folder) {
        this.folder = folder;
    }

    /** A certificate for 127.0.0.1, of somebody who trusts whoever has it. */
    Tls of(String name) throws IOException, GeneralSecurityException {
        keytool(name, "-genkeypair", "-dname", "CN=" + name, "-keyalg", "EC", "-ext", "san=ip:127.0.0.1");
        Path certificate = folder.resolve(name + ".pem");
        Files.writeString(certificate, keytool(name, "-exportcert", "-rfc"));
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(file, PASSWORD.toCharArray());
        }
        byte[] encoded = store.getKey("key", PASSWORD.toCharArray()).getEncoded();
        Path key = folder.resolve(name + ".key");
        Files.writeString(
                key,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                        + "\n-----END PRIVATE KEY-----\n");
        return Tls.fromFiles(certificate, key, certificate);
    }

    private String keytool(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC")); // Short-lived.
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("-alias", "key", "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", folder.resolve(name + ".p12").toString()));
        Path errors = folder.resolve("keytool-errors.txt");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("keytool failed: " + output + Files.readString(errors));
        }
        return output;
    }
}
