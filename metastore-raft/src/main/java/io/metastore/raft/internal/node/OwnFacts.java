package io.metastore.raft.internal.node;

import io.metastore.api.MemberStatus;
import io.metastore.api.StoreState;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineStatus;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.members.RecentEntries;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.MetaState;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a member tells others of itself. Thread-safe. */
final class OwnFacts {

    /** Among the facts: index of the last entry in the journal. */
    static final String LAST = "last";

    /** Among the facts: up to where another member has to have the journal to be near this one. */
    static final String NEAR_FROM = "nearFrom";

    private final Members members;
    private final MetaState state;
    private final Condition condition;
    private final FingerprintMarks marks;
    private final RecentEntries recent;
    private final Recollection recollection;
    private final EpochWatch epochs;
    private final Clock clock;
    private final Instant opened;

    /** Null before the images are there. */
    private volatile @Nullable ImageReport images;

    /** Null before the member is open. */
    private volatile @Nullable LeftBehind leftBehind;

    OwnFacts(
            Members members,
            MetaState state,
            Condition condition,
            FingerprintMarks marks,
            RecentEntries recent,
            Recollection recollection,
            EpochWatch epochs,
            Clock clock) {
        this.members = members;
        this.state = state;
        this.condition = condition;
        this.marks = marks;
        this.recent = recent;
        this.recollection = recollection;
        this.epochs = epochs;
        this.clock = clock;
        this.opened = clock.instant();
    }

    void images(ImageReport report) {
        images = report;
    }

    void leftBehind(LeftBehind branches) {
        leftBehind = branches;
    }

    /** Who this member is, where it listens and what it remembers; goes with every question. */
    byte[] introduction() {
        MemberFacts facts = MemberFacts.of().with("id", members.id()).with("address", members.address());
        return epochs.tell(recollection.tell(facts)).encode();
    }

    /** How far this member's journal reaches; a part of {@link #describe}. */
    MemberFacts journal() {
        Engine engine = members.engine();
        long last = engine == null ? -1 : engine.lastEntry().index();
        return MemberFacts.of().with("id", members.id()).with(LAST, last).with(NEAR_FROM, recent.nearFrom(last));
    }

    /** This member, as told to others. */
    MemberFacts describe() {
        AppliedState applied = state.current();
        Engine engine = members.engine();
        EngineStatus status = engine == null ? null : engine.status();
        MemberFacts facts = journal()
                .with("name", members.self())
                .with(TwinCheck.PROCESS, members.process())
                .with("address", members.address())
                .with("opened", opened)
                .with(Hearsay.CLOCK, clock.millis())
                .with("error", condition.state() == StoreState.SERVING ? "" : condition.reason())
                .with("role", role(status).name().toLowerCase(Locale.ROOT))
                .with("term", status == null ? -1 : status.term())
                .with("applied", applied.position().index())
                .with("revision", applied.revision().number())
                .with("commit", status == null ? -1 : status.commitIndex())
                .with("journal", status == null ? -1 : status.journalBytes())
                .with("version", version())
                .with("state", condition.state())
                .with("fingerprint", applied.fingerprint());
        FingerprintMarks.Mark mark = marks.last();
        if (mark != null) {
            facts.with("mark", mark);
        }
        LeftBehind branches = leftBehind;
        if (branches != null) {
            BranchFacts.tell(facts, branches.found());
        }
        ImageReport report = images;
        epochs.tell(recollection.tell(facts));
        return report == null ? facts : report.describe(facts);
    }

    private MemberStatus.Role role(@Nullable EngineStatus status) {
        return switch (condition.state()) {
            case FAILED -> MemberStatus.Role.FAILED;
            case HALTED -> MemberStatus.Role.HALTED;
            case CLOSED -> MemberStatus.Role.CLOSED;
            case REMOVED -> MemberStatus.Role.REMOVED;
            case JOINING -> MemberStatus.Role.JOINING;
            case RECOVERING -> MemberStatus.Role.RECOVERING;
            case SUPERSEDED -> MemberStatus.Role.SUPERSEDED;
            case READ_ONLY -> MemberStatus.Role.READ_ONLY;
            case FORMING, STARTING, SERVING, NO_QUORUM ->
                status == null ? MemberStatus.Role.STARTING : role(status.role());
        };
    }

    private static MemberStatus.Role role(EngineStatus.Role role) {
        return switch (role) {
            case LEADER -> MemberStatus.Role.LEADER;
            case FOLLOWER -> MemberStatus.Role.FOLLOWER;
            case CANDIDATE -> MemberStatus.Role.CANDIDATE;
            case OBSERVER -> MemberStatus.Role.OBSERVER;
            case STARTING -> MemberStatus.Role.STARTING;
            case STOPPED -> MemberStatus.Role.STOPPED;
        };
    }

    private static String version() {
        String version = OwnFacts.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
