package io.metastore.recovery;

import io.metastore.api.LogPosition;
import io.metastore.api.MemberAddress;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.Provenance;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * A member's directory in the format of the library, with whatever history a test wants: identity files by {@link MemberDirectory}, journal files by Ratis, no
 * state.
 */
final class CraftedMember {
    static final UUID CLUSTER = new UUID(7, 7);
    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

    private final Path directory;
    private final String name;
    private final List<String> voters;
    private final long epoch;
    private final List<LogEntryProto> entries = new ArrayList<>();

    private CraftedMember(Path directory, String name, List<String> voters, long epoch) {
        this.directory = directory;
        this.name = name;
        this.voters = voters;
        this.epoch = epoch;
    }

    /** A member in its first epoch, or a later one, of a cluster with these voters. Its journal is empty yet. */
    static CraftedMember create(Path directory, String name, long epoch, String... voters) {
        CraftedMember member = new CraftedMember(directory, name, List.of(voters), epoch);
        try (MemberDirectory opened = MemberDirectory.open(
                new DiskFileLayer(), directory, Expectation.member(address(name), ClusterIds.NO_TOKEN))) {
            Identity identity = Identity.joining(
                            CLUSTER, ClusterIds.NO_TOKEN, CREATED, address(name), incarnation(name))
                    .withRole(MemberRole.VOTER);
            Membership membership = new Membership(epoch, false, -1, member.members());
            opened.initialize(identity, membership);
            opened.updateMembership(membership.asFormed());
        }
        return member;
    }

    static MemberAddress address(String name) {
        return MemberAddress.voter(name, name + ":7000");
    }

    static UUID incarnation(String name) {
        return new UUID(1, name.hashCode());
    }

    /** Identity in the group. */
    static String id(String name) {
        return name + "@" + incarnation(name);
    }

    private List<Membership.Member> members() {
        return voters.stream()
                .map(each ->
                        new Membership.Member(each, each + ":7000", MemberRole.VOTER, Optional.of(incarnation(each))))
                .toList();
    }

    /** An election that this member takes note of by the first entry of the leader: the membership. */
    CraftedMember elected(long term) {
        entries.add(WrittenSegment.membership(
                term,
                entries.size(),
                WrittenSegment.members(voters.stream().map(CraftedMember::id).toArray(String[]::new))));
        return this;
    }

    /** Commands of one term up to an index, each with a hint that all before it is committed. */
    CraftedMember commandsUpTo(long term, long lastIndex) {
        return commandsUpTo(term, lastIndex, Long.MAX_VALUE);
    }

    /** The same, with hints that do not go beyond an index. */
    CraftedMember commandsUpTo(long term, long lastIndex, long committedMax) {
        while (entries.size() <= lastIndex) {
            long index = entries.size();
            byte[] batch = JournalCodec.encodeBatch(new JournalBatch(new UUID(3, 3), index + 1, List.of()));
            byte[] entry = JournalCodec.encodeEntry(index, Math.min(index - 1, committedMax), batch);
            entries.add(LogEntryProto.newBuilder()
                    .setTerm(term)
                    .setIndex(index)
                    .setStateMachineLogEntry(
                            StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(entry)))
                    .build());
        }
        return this;
    }

    /** Writes the journal, as a member leaves it that is killed. */
    CraftedMember write(long currentTerm) {
        return write(currentTerm, 0);
    }

    /** The same without the entries before an index, which were purged. */
    CraftedMember write(long currentTerm, long first) {
        try {
            Files.createDirectories(current());
            WrittenSegment.write(
                    current(), "log_inprogress_" + first, entries.subList((int) first, entries.size()), 1 << 20);
            Files.writeString(
                    current().resolve("raft-meta"),
                    "#Thu Jan 01 00:00:00 UTC 2026\nterm=" + currentTerm + "\nvotedFor=\n");
            LogEntryProto elected = entries.stream()
                    .filter(LogEntryProto::hasConfigurationEntry)
                    .reduce((before, after) -> after)
                    .orElseThrow();
            Files.write(current().resolve("raft-meta.conf"), elected.toByteArray());
            if (first > 0) {
                LogEntryProto before = entries.get((int) first - 1);
                Files.write(
                        group().resolve("begin"),
                        new FactText("metastore-journal-begin", 1)
                                .with("before", before.getTerm() + ":" + before.getIndex())
                                .with("discard", "nothing")
                                .bytes());
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An image at an index; what its one file holds nobody could load. */
    CraftedMember image(long term, long index) {
        Path image = epochDirectory().resolve("image").resolve("image." + index);
        ImageManifest manifest = new ImageManifest(
                CLUSTER,
                "main",
                epoch,
                new LogPosition(term, index),
                new Revision(epoch, index, new LogPosition(term, index)),
                String.format("%032x", index),
                new Membership(epoch, true, 0, members()),
                CREATED,
                new Provenance(Provenance.Kind.CHECKPOINT, name),
                null,
                List.of(new ImageFile("000001.sst", 5, "0".repeat(64))));
        try {
            Files.createDirectories(image);
            Files.write(image.resolve(ImageManifest.FILE), ManifestCodec.encode(manifest));
            Files.writeString(image.resolve("000001.sst"), "12345", StandardCharsets.US_ASCII);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path directory() {
        return directory;
    }

    private Path epochDirectory() {
        return directory.resolve("stores/main").resolve(String.format("epoch-%06d", epoch));
    }

    private Path group() {
        return epochDirectory()
                .resolve("journal")
                .resolve(ClusterIds.groupId(CLUSTER, "main", epoch).toString());
    }

    /** Where the entries are. */
    Path current() {
        return group().resolve("current");
    }
}
