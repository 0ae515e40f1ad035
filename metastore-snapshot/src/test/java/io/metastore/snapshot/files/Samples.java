package io.metastore.snapshot.files;

import io.metastore.api.MemberAddress;
import io.metastore.api.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** A cluster of three and the directory of its first member. */
final class Samples {

    static final MemberAddress SELF = MemberAddress.voter("fe1", "10.0.0.1:9010");
    static final List<MemberAddress> MEMBERS =
            List.of(SELF, MemberAddress.voter("fe2", "10.0.0.2:9010"), MemberAddress.observer("fe3", "10.0.0.3:9010"));
    static final String TOKEN = ClusterIds.tokenDigest(Secret.of("correct horse"));
    static final UUID CLUSTER = ClusterIds.clusterIdOf(MEMBERS, TOKEN);
    static final Instant CREATED = Instant.parse("2026-11-21T02:00:00Z");
    static final Expectation EXPECTATION = Expectation.bootstrap(SELF, MEMBERS, TOKEN);
    static final FileLayer DISK = new DiskFileLayer();

    private Samples() {}

    static Identity identity() {
        return Identity.member(CLUSTER, TOKEN, CREATED, SELF);
    }

    static MemberDirectory open(Path path) {
        return MemberDirectory.open(DISK, path, EXPECTATION);
    }

    /** An initialised directory, closed. */
    static Identity initialise(Path path) {
        Identity identity = identity();
        try (MemberDirectory directory = open(path)) {
            directory.initialize(identity, Membership.bootstrap(MEMBERS, identity));
        }
        return identity;
    }

    /** The same, in use: with a journal, and formed. Returns the directory that must not be empty. */
    static Path initialiseAndForm(Path path) throws IOException {
        initialise(path);
        Path entries = path.resolve("stores/main/epoch-000001/journal")
                .resolve(ClusterIds.groupId(CLUSTER, "main", 1).toString())
                .resolve("current");
        Files.createDirectories(entries);
        Files.writeString(entries.resolve("raft-meta"), "term=1");
        try (MemberDirectory directory = open(path)) {
            directory.updateMembership(directory.membership().asFormed());
        }
        return entries;
    }
}
