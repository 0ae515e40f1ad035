package io.metastore.snapshot.image;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** An image of a few small files, as its sender has it; what is in it is no state. */
record SampleImage(ImageManifest manifest, Map<String, byte[]> contents) {

    /** @param files name and text in turns */
    static SampleImage of(long index, String... files) {
        Map<String, byte[]> contents = new TreeMap<>();
        for (int i = 0; i < files.length; i += 2) {
            contents.put(files[i], files[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        List<ImageFile> listed = new ArrayList<>();
        contents.forEach((name, bytes) -> listed.add(new ImageFile(name, bytes.length, sha256(bytes))));
        return new SampleImage(manifest(index, listed), contents);
    }

    static ImageManifest manifest(long index, List<ImageFile> files) {
        Membership.Member member = new Membership.Member("n1", "n1:1", MemberRole.VOTER, Optional.empty());
        return new ImageManifest(
                new UUID(7, 7),
                "main",
                1,
                new LogPosition(3, index),
                new Revision(1, index, new LogPosition(3, index)),
                "0123456789abcdef0123456789abcdef",
                new Membership(1, true, 0, List.of(member)),
                Instant.ofEpochSecond(1_000),
                new Provenance(Provenance.Kind.CHECKPOINT, "n1"),
                null,
                files);
    }

    static String sha256(byte[] bytes) {
        Sha256 sha256 = new Sha256();
        sha256.update(bytes, bytes.length);
        return sha256.hex();
    }

    byte[] bytes(String name, long offset, int length) {
        byte[] all = contents.get(name);
        return Arrays.copyOfRange(all, (int) offset, (int) Math.min(all.length, offset + length));
    }

    /** Writes all that is missing, in pieces of that length; returns how many bytes it wrote. */
    long sendTo(ReceivedImage image, int length) {
        long sent = 0;
        for (ReceivedImage.Missing missing : image.missing()) {
            String name = missing.file().name();
            for (long offset = missing.offset(); offset < missing.file().bytes(); ) {
                byte[] bytes = bytes(name, offset, length);
                image.write(name, offset, bytes);
                offset += bytes.length;
                sent += bytes.length;
            }
        }
        return sent;
    }
}
