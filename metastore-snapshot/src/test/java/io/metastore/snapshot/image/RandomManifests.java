package io.metastore.snapshot.image;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Membership.Member;
import io.metastore.snapshot.image.Provenance.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Manifests from a seed, extreme values included. */
final class RandomManifests {

    private static final long[] NUMBERS = {0, 1, 127, 128, 16_384, Integer.MAX_VALUE, Long.MAX_VALUE};
    private static final String[] DETAILS = {"", "fe1", "größe", "名前", "\ud83d\ude00 sushi", "x".repeat(255)};

    private final Random random;

    RandomManifests(long seed) {
        this.random = new Random(seed);
    }

    ImageManifest next() {
        return new ImageManifest(
                uuid(),
                random.nextBoolean() ? "main" : "s".repeat(1 + random.nextInt(128)),
                1 + number() / 2,
                new LogPosition(number(), number()),
                revision(),
                hex(32),
                membership(),
                time(),
                new Provenance(one(Kind.values()), one(DETAILS)),
                random.nextBoolean() ? null : new Origin(uuid(), 1 + random.nextInt(9), position(), revision(), time()),
                files());
    }

    private List<ImageFile> files() {
        List<ImageFile> files = new ArrayList<>();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            String name = String.format("%06d", i) + (random.nextBoolean() ? ".sst" : ".X-_y");
            files.add(new ImageFile(i == 3 ? "n".repeat(128) : name, number(), hex(64)));
        }
        return files;
    }

    private Membership membership() {
        List<Member> members = new ArrayList<>();
        for (int i = 1 + random.nextInt(7); i > 0; i--) {
            members.add(new Member(
                    "fe" + i,
                    "10.0.0." + i + ":9010",
                    random.nextBoolean() ? MemberRole.VOTER : MemberRole.OBSERVER,
                    random.nextBoolean() ? Optional.empty() : Optional.of(uuid())));
        }
        return new Membership(1 + random.nextInt(5), random.nextBoolean(), number() - 1, members);
    }

    private Revision revision() {
        return new Revision(1 + random.nextInt(9), number(), position());
    }

    private LogPosition position() {
        return random.nextInt(4) == 0 ? LogPosition.NONE : new LogPosition(number(), number());
    }

    private Instant time() {
        return switch (random.nextInt(8)) {
            case 0 -> Instant.EPOCH;
            case 1 -> Instant.MIN;
            case 2 -> Instant.MAX;
            case 3 -> Instant.ofEpochSecond(-1, 999_999_999);
            default -> Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
        };
    }

    private UUID uuid() {
        return random.nextInt(8) == 0 ? new UUID(0, 0) : new UUID(random.nextLong(), random.nextLong());
    }

    private long number() {
        return random.nextBoolean() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextLong() >>> 1;
    }

    private <T> T one(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private String hex(int digits) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < digits; i++) {
            text.append(Character.forDigit(random.nextInt(16), 16));
        }
        return text.toString();
    }
}
