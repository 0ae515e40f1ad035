package io.metastore.recovery.internal.reset;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.Membership;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a member's directory is to become.
 *
 * @param recovery which recovery; the same order may be carried out again and again
 * @param cluster the directory must belong to
 * @param epoch that must be the live one
 * @param tip last entry to take over; must be in the journal, or be what an empty journal goes on behind
 * @param last what the last entry of the journal must be, so that nothing has happened since it was surveyed
 * @param termMin a term as high as any that one of the surveyed members has seen
 * @param nextMin a number for the next epoch that none of the members has used
 * @param by who asks for it
 * @param why as they say
 * @param verdict what acknowledged writes may be lost, in words
 * @param plan digest of the plan
 * @param sealed members that have been sealed, as {@code name@incarnation}
 * @param missing members of which there is no copy
 * @param journal directory of the member whose journal is taken over; empty for that of the directory itself
 * @param members that run in other processes and are sealed before the epoch is built
 * @param address where the member listens from then on; where it did when empty
 * @param fetched member of another process whose journal is taken over, which was fetched before, as {@code name@incarnation}; empty when none was
 * @param readmitted members of the old epoch that come back into the next one as soon as they are started
 */
public record ResetOrder(
        UUID recovery,
        UUID cluster,
        long epoch,
        LogPosition tip,
        LogPosition last,
        long termMin,
        long nextMin,
        String by,
        String why,
        String verdict,
        String plan,
        List<String> sealed,
        List<String> missing,
        Optional<Path> journal,
        List<MemberSeal> members,
        Optional<String> address,
        Optional<String> fetched,
        List<Membership.Member> readmitted) {

    public ResetOrder {
        members = List.copyOf(members);
        sealed = List.copyOf(sealed);
        missing = List.copyOf(missing);
        readmitted = List.copyOf(readmitted);
        if (journal.isEmpty() && fetched.isEmpty() && tip.index() > last.index()) {
            throw new IllegalArgumentException("cannot take over more than there is: tip=" + tip + " last=" + last);
        }
    }

    /** The same with nobody else about it, neither to be sealed in another process nor to come back. */
    public ResetOrder alone() {
        return with(recovery, nextMin, journal, List.of(), List.of());
    }

    /** The same with other members of other processes. */
    public ResetOrder withMembers(List<MemberSeal> others) {
        return with(recovery, nextMin, journal, others, readmitted);
    }

    /** The same with the journal of another directory, if it takes one over. */
    public ResetOrder withJournal(Path directory) {
        return with(recovery, nextMin, journal.map(before -> directory), members, readmitted);
    }

    /** The same with a number for the next epoch. */
    ResetOrder withNext(long next) {
        return as(recovery, next);
    }

    /** The same as another recovery, with another number for the next epoch. */
    public ResetOrder as(UUID otherRecovery, long otherNext) {
        return with(otherRecovery, otherNext, journal, members, readmitted);
    }

    /** With what is changed after it was planned; all else is what was consented to. */
    private ResetOrder with(
            UUID newRecovery,
            long newNextMin,
            Optional<Path> newJournal,
            List<MemberSeal> newMembers,
            List<Membership.Member> newReadmitted) {
        return new ResetOrder(
                newRecovery,
                cluster,
                epoch,
                tip,
                last,
                termMin,
                newNextMin,
                by,
                why,
                verdict,
                plan,
                sealed,
                missing,
                newJournal,
                newMembers,
                address,
                fetched,
                newReadmitted);
    }

    /** Whether a member of the old epoch comes back, named as {@code name@incarnation}. */
    boolean readmits(String member) {
        return readmitted.stream()
                .anyMatch(each -> each.incarnation().isPresent() && each.id().equals(member));
    }

    /** The directories that have to be held to carry it out: the one it is about, then the one whose journal is taken over. */
    List<Path> directories(Path target) {
        return journal.map(path -> List.of(target, path)).orElse(List.of(target));
    }
}
