package io.metastore.snapshot.image;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Membership.Member;
import io.metastore.snapshot.image.Provenance.Kind;
import io.metastore.snapshot.internal.wire.MessageReader;
import io.metastore.snapshot.internal.wire.MessageWriter;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The messages of image.proto. Reading throws {@link IOException} or {@link IllegalArgumentException} for what is none of them. */
final class ManifestBody {

    private static final int VOTER = 1;
    private static final int OBSERVER = 2;
    private static final int NANOS_END = 1_000_000_000;

    private ManifestBody() {}

    static byte[] write(ImageManifest manifest) {
        MessageWriter out = new MessageWriter()
                .fixed64(1, manifest.clusterId().getMostSignificantBits())
                .fixed64(2, manifest.clusterId().getLeastSignificantBits())
                .string(3, manifest.store())
                .uint64(4, manifest.epoch())
                .message(5, position(manifest.position()))
                .message(6, revision(manifest.revision()))
                .bytes(7, HexFormat.of().parseHex(manifest.fingerprint()))
                .message(8, membership(manifest.membership()))
                .message(9, time(manifest.created()))
                .message(
                        10,
                        new MessageWriter()
                                .uint64(1, manifest.provenance().kind().number())
                                .string(2, manifest.provenance().detail()));
        Origin origin = manifest.origin();
        if (origin != null) {
            out.message(11, origin(origin));
        }
        for (ImageFile file : manifest.files()) {
            out.message(
                    12,
                    new MessageWriter()
                            .string(1, file.name())
                            .uint64(2, file.bytes())
                            .bytes(3, HexFormat.of().parseHex(file.sha256())));
        }
        return out.toBytes();
    }

    static ImageManifest read(byte[] body) throws IOException {
        MessageReader in = new MessageReader("Manifest", body);
        UUID cluster = new UUID(in.fixed64(1, "cluster_high"), in.fixed64(2, "cluster_low"));
        String store = in.string(3, "store");
        long epoch = in.uint64(4, "epoch");
        LogPosition position = position(in.message(5, "position"));
        Revision revision = revision(in.message(6, "revision"));
        String fingerprint = HexFormat.of().formatHex(in.bytes(7, "fingerprint"));
        Membership membership = membership(in.message(8, "membership"));
        Instant created = time(in.message(9, "created"));
        Provenance provenance = provenance(in.message(10, "provenance"));
        Origin origin = in.has(11) ? origin(in.message(11, "origin")) : null;
        List<ImageFile> files = new ArrayList<>();
        while (in.has(12)) {
            files.add(file(in.message(12, "files")));
        }
        in.end();
        return new ImageManifest(
                cluster, store, epoch, position, revision, fingerprint, membership, created, provenance, origin, files);
    }

    private static MessageWriter position(LogPosition position) {
        return new MessageWriter().uint64(1, position.term()).sint64(2, position.index());
    }

    private static LogPosition position(MessageReader in) throws IOException {
        LogPosition position = new LogPosition(in.uint64(1, "term"), in.sint64(2, "index"));
        in.end();
        return position;
    }

    private static MessageWriter revision(Revision revision) {
        return new MessageWriter()
                .uint64(1, revision.epoch())
                .uint64(2, revision.number())
                .message(3, position(revision.position()));
    }

    private static Revision revision(MessageReader in) throws IOException {
        Revision revision =
                new Revision(in.uint64(1, "epoch"), in.uint64(2, "number"), position(in.message(3, "position")));
        in.end();
        return revision;
    }

    private static MessageWriter membership(Membership membership) {
        MessageWriter out = new MessageWriter()
                .uint64(1, membership.epoch())
                .bool(2, membership.formed())
                .sint64(3, membership.index());
        for (Member member : membership.members()) {
            out.message(4, member(member));
        }
        return out;
    }

    private static Membership membership(MessageReader in) throws IOException {
        long epoch = in.uint64(1, "epoch");
        boolean formed = in.bool(2, "formed");
        long index = in.sint64(3, "index");
        List<Member> members = new ArrayList<>();
        while (in.has(4)) {
            members.add(member(in.message(4, "members")));
        }
        in.end();
        return new Membership(epoch, formed, index, members);
    }

    private static MessageWriter member(Member member) {
        MessageWriter out = new MessageWriter()
                .string(1, member.name())
                .string(2, member.address())
                .uint64(3, member.role() == MemberRole.VOTER ? VOTER : OBSERVER);
        member.incarnation().ifPresent(incarnation -> out.fixed64(4, incarnation.getMostSignificantBits())
                .fixed64(5, incarnation.getLeastSignificantBits()));
        return out;
    }

    private static Member member(MessageReader in) throws IOException {
        String name = in.string(1, "name");
        String address = in.string(2, "address");
        MemberRole role = role(in.uint64(3, "role"));
        @Nullable
        UUID incarnation =
                in.has(4) ? new UUID(in.fixed64(4, "incarnation_high"), in.fixed64(5, "incarnation_low")) : null;
        in.end();
        return new Member(name, address, role, Optional.ofNullable(incarnation));
    }

    private static MemberRole role(long number) throws IOException {
        if (number != VOTER && number != OBSERVER) {
            throw new IOException(
                    "message=Member field=role expected: " + VOTER + " or " + OBSERVER + " found: " + number);
        }
        return number == VOTER ? MemberRole.VOTER : MemberRole.OBSERVER;
    }

    private static MessageWriter time(Instant time) {
        return new MessageWriter().sint64(1, time.getEpochSecond()).uint64(2, time.getNano());
    }

    private static Instant time(MessageReader in) throws IOException {
        long seconds = in.sint64(1, "seconds");
        long nanos = in.uint64(2, "nanos");
        in.end();
        if (nanos < 0
                || nanos >= NANOS_END
                || seconds < Instant.MIN.getEpochSecond()
                || seconds > Instant.MAX.getEpochSecond()) {
            throw new IOException(
                    "message=Time expected: a point in time found: seconds=" + seconds + " nanos=" + nanos);
        }
        return Instant.ofEpochSecond(seconds, nanos);
    }

    private static Provenance provenance(MessageReader in) throws IOException {
        long number = in.uint64(1, "kind");
        String detail = in.string(2, "detail");
        in.end();
        for (Kind kind : Kind.values()) {
            if (kind.number() == number) {
                return new Provenance(kind, detail);
            }
        }
        throw new IOException("message=Provenance field=kind expected: a number that is in use found: " + number);
    }

    private static MessageWriter origin(Origin origin) {
        return new MessageWriter()
                .fixed64(1, origin.clusterId().getMostSignificantBits())
                .fixed64(2, origin.clusterId().getLeastSignificantBits())
                .uint64(3, origin.epoch())
                .message(4, position(origin.position()))
                .message(5, revision(origin.revision()))
                .message(6, time(origin.imported()));
    }

    private static Origin origin(MessageReader in) throws IOException {
        Origin origin = new Origin(
                new UUID(in.fixed64(1, "cluster_high"), in.fixed64(2, "cluster_low")),
                in.uint64(3, "epoch"),
                position(in.message(4, "position")),
                revision(in.message(5, "revision")),
                time(in.message(6, "imported")));
        in.end();
        return origin;
    }

    private static ImageFile file(MessageReader in) throws IOException {
        ImageFile file = new ImageFile(
                in.string(1, "name"), in.uint64(2, "bytes"), HexFormat.of().formatHex(in.bytes(3, "sha256")));
        in.end();
        return file;
    }
}
