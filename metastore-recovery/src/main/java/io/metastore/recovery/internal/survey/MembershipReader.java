package io.metastore.recovery.internal.survey;

import io.metastore.api.LogPosition;
import io.metastore.recovery.internal.journal.StoredMembership;
import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.recovery.journal.LoggedMembership.Peer;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.KnownMembership;
import io.metastore.recovery.survey.KnownMembership.Origin;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the memberships that are not in the journal, and compares them with those that are. */
public final class MembershipReader {
    private static final String ENGINE_FILE = "raft-meta.conf";

    private MembershipReader() {}

    /** Our own form of it, as in the {@code membership} file or a manifest. */
    public static KnownMembership of(Origin origin, Membership membership) {
        List<Peer> voters = new ArrayList<>();
        List<Peer> observers = new ArrayList<>();
        for (Membership.Member member : membership.members()) {
            List<Peer> side = member.role() == MemberRole.VOTER ? voters : observers;
            side.add(new Peer(member.id(), member.address()));
        }
        LogPosition position = new LogPosition(0, membership.index());
        return new KnownMembership(origin, new LoggedMembership(position, voters, observers, List.of(), List.of()));
    }

    /**
     * What the engine keeps; it has no checksum, so its contents count for less than those of others.
     *
     * @param current where the journal's entries are
     */
    public static Optional<KnownMembership> engine(FileLayer layer, Path current, Findings findings) {
        Path file = current.resolve(ENGINE_FILE);
        try {
            if (layer.kind(file) != FileLayer.Kind.FILE) {
                findings.add(Finding.Kind.MEMBERSHIP, file, "missing");
                return Optional.empty();
            }
            return Optional.of(new KnownMembership(Origin.ENGINE, StoredMembership.decode(layer.read(file))));
        } catch (IOException e) {
            findings.add(Finding.Kind.MEMBERSHIP, file, "expected: a membership found: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Whether what is known from elsewhere fits a journal that holds all entries from one index to another.
     *
     * @param logged the memberships in it
     */
    public static boolean fits(KnownMembership known, List<LoggedMembership> logged, long first, long last) {
        if (known.index() < first || known.index() > last) {
            return true;
        }
        return logged.stream()
                .filter(each -> each.position().index() == known.index())
                .anyMatch(each -> known.origin() != Origin.ENGINE || each.equals(known.members()));
    }

    /** Says of one that it does not fit. */
    public static void refuse(KnownMembership known, Path file, Findings findings) {
        findings.add(
                Finding.Kind.MEMBERSHIP,
                file,
                "the journal has another entry at the index of a membership of origin " + known.origin() + ": voters="
                        + known.members().membership());
    }
}
