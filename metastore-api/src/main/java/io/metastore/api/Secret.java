package io.metastore.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A shared secret. Never printed; compared and sent only as a digest. */
public final class Secret {

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        if (bytes.length < 8) {
            throw new IllegalArgumentException("a secret must have at least 8 bytes: length=" + bytes.length);
        }
        this.bytes = bytes;
    }

    /**
     * The text's UTF-8 bytes.
     *
     * @throws IllegalArgumentException there are fewer than 8
     */
    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a file in UTF-8; surrounding white space is ignored.
     *
     * @throws UncheckedIOException the file cannot be read
     * @throws IllegalArgumentException it holds fewer than 8 bytes
     */
    public static Secret fromFile(Path file) {
        try {
            return of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the secret: file=" + file, e);
        }
    }

    /** A copy of the secret's bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && Arrays.equals(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Secret(" + bytes.length + " bytes)";
    }
}
