package io.metastore.recovery.internal.reset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.LogPosition;
import io.metastore.recovery.internal.reset.MemberSeal.Progress;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The file in which an order is written down. */
class OrderFileTest {
    private static final Path FILE = Path.of("RECOVERY");
    private static final List<Membership.Member> RETURNING = List.of(
            new Membership.Member("fe3", "[::1]:90", MemberRole.VOTER, Optional.of(new UUID(5, 6))),
            new Membership.Member("o1", "o1:90", MemberRole.OBSERVER, Optional.empty()));

    private static ResetOrder order(
            Optional<Path> journal,
            List<MemberSeal> members,
            Optional<String> address,
            Optional<String> fetched,
            List<Membership.Member> readmitted) {
        return new ResetOrder(
                new UUID(1, 2),
                new UUID(3, 4),
                1,
                new LogPosition(2, 30),
                new LogPosition(2, 31),
                7,
                2,
                "ann",
                "why, why? 50 %",
                "",
                "digest",
                List.of("fe2@x"),
                List.of(),
                journal,
                members,
                address,
                fetched,
                readmitted);
    }

    @Test
    void everyOrderIsReadAsItWasWritten() {
        List<MemberSeal> members = new ArrayList<>();
        for (Progress progress : Progress.values()) {
            members.add(new MemberSeal("[::1]:90", "fe@" + progress, new LogPosition(0, -1), progress));
        }
        for (Optional<Path> journal : List.of(Optional.<Path>empty(), Optional.of(Path.of("/x y/z")))) {
            for (List<MemberSeal> sealed : List.of(List.<MemberSeal>of(), members)) {
                for (Optional<String> address : List.of(Optional.<String>empty(), Optional.of("fe9:9010"))) {
                    for (Optional<String> fetched : List.of(Optional.<String>empty(), Optional.of("fe2@x"))) {
                        for (List<Membership.Member> back : List.of(List.<Membership.Member>of(), RETURNING)) {
                            ResetOrder order = order(journal, sealed, address, fetched, back);
                            byte[] bytes = OrderFile.encode(order);
                            assertThat(OrderFile.decode(FILE, bytes)).isEqualTo(order);
                            // what a build of before can carry out is written as it writes it
                            boolean plain = sealed.isEmpty() && address.isEmpty();
                            int version = fetched.isPresent() ? 3 : plain ? 1 : 2;
                            assertThat(new String(bytes, StandardCharsets.US_ASCII))
                                    .startsWith("format=metastore-recovery/" + (back.isEmpty() ? version : 4) + "\n");
                        }
                    }
                }
            }
        }
    }

    @Test
    void membersAreRefusedThatNobodyWrote() {
        for (String text :
                List.of("", "a:1 fe1@x 1:2", "a:1 fe1@x 1 SEALED", "a:1 fe1@x 1:2 DONE", "a:1 b c 1:2 ASKED")) {
            assertThatThrownBy(() -> MemberSeal.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
