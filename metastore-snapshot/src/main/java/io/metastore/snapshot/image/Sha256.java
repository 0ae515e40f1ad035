package io.metastore.snapshot.image;

import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** The digest that manifests hold. Used by one thread. */
final class Sha256 {

    private final MessageDigest digest;

    Sha256() {
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Of a whole file.
     *
     * @param read told how many bytes were read since it was told last
     */
    static String of(FileLayer layer, Path file, LongConsumer read) throws IOException {
        Sha256 sha256 = new Sha256();
        long offset = 0;
        for (byte[] bytes = layer.read(file, offset, FileLayer.COPY_BYTES);
                bytes.length > 0;
                bytes = layer.read(file, offset, FileLayer.COPY_BYTES)) {
            sha256.update(bytes, bytes.length);
            offset += bytes.length;
            read.accept(bytes.length);
        }
        return sha256.hex();
    }

    void update(byte[] bytes, int length) {
        digest.update(bytes, 0, length);
    }

    /** 64 hexadecimal digits in lower case; begins anew afterwards. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
