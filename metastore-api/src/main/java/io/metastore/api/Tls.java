package io.metastore.api;

import java.nio.file.Path;

/**
 * Certificates for all traffic between members; both sides prove who they are. The files are read when the store is opened.
 *
 * @param certificateChain PEM file with this member's certificate and what leads up to the authority
 * @param privateKey PEM file with its private key, PKCS#8
 * @param trustedAuthorities PEM file with the authorities whose members are accepted
 */
public record Tls(Path certificateChain, Path privateKey, Path trustedAuthorities) {

    /** The same as the constructor, in words. */
    public static Tls fromFiles(Path certificateChain, Path privateKey, Path trustedAuthorities) {
        return new Tls(certificateChain, privateKey, trustedAuthorities);
    }
}
