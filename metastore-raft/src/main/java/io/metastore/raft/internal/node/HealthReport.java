package io.metastore.raft.internal.node;

import io.metastore.api.Health;
import io.metastore.api.LogPosition;
import io.metastore.api.StoreState;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.members.NextLoss;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.state.MetaState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is not as it should be at this member, as far as it knows without asking anybody. */
final class HealthReport {

    /** Far more than a message is on its way, far less than anybody notices late. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(5);

    private final Members members;
    private final MetaState state;
    private final Condition condition;
    private final Hearsay hearsay;
    private final Divergence divergence;
    private final Recollection recollection;
    private volatile Supplier<List<Health.Finding>> more = List::of;
    private volatile BooleanSupplier paused = () -> false;
    private volatile String flushFailure = "";

    /** Null before the images are there. */
    private volatile @Nullable EpochWatch epochs;

    private volatile @Nullable ImageReport images;

    HealthReport(
            Members members,
            MetaState state,
            Condition condition,
            Hearsay hearsay,
            Divergence divergence,
            Recollection recollection) {
        this.members = members;
        this.state = state;
        this.condition = condition;
        this.hearsay = hearsay;
        this.divergence = divergence;
        this.recollection = recollection;
    }

    /** Whether elections are paused, as the cluster has recorded. Set while opening. */
    void onPause(BooleanSupplier question) {
        paused = question;
    }

    /** What else is not as it should be. Set while opening. */
    void more(Supplier<List<Health.Finding>> findings) {
        more = findings;
    }

    /** How the last flush of the state ended: empty, or why it failed. */
    void flushed(String failure) {
        flushFailure = failure;
    }

    void epochs(EpochWatch watched) {
        epochs = watched;
    }

    void images(ImageReport report) {
        images = report;
    }

    Health health() {
        List<Health.Finding> findings = new ArrayList<>();
        StoreState now = condition.state();
        Engine engine = members.engine();
        boolean stopped = now == StoreState.FAILED
                || now == StoreState.HALTED
                || now == StoreState.REMOVED
                || now == StoreState.RECOVERING
                || now == StoreState.SUPERSEDED
                || now == StoreState.CLOSED;
        if (now != StoreState.SERVING) {
            findings.add(new Health.Finding(now.name(), condition.reason(), remedy(now)));
        } else if (condition.leader() == null) {
            findings.add(new Health.Finding(
                    "NO_LEADER",
                    "no leader for " + condition.leaderless().toMillis() + " ms",
                    "wait for the election to end"));
        }
        if (engine != null && !stopped) {
            LogPosition applied = state.current().position();
            long behind = engine.commitIndex() - applied.index();
            if (behind > 10_000) {
                findings.add(new Health.Finding(
                        "APPLY_BEHIND",
                        behind + " committed entries are not applied: applied=" + applied.index() + " committed="
                                + engine.commitIndex(),
                        "wait while it catches up; if the number grows, look for slow commands or a slow disk"));
            }
        }
        if (!stopped && paused.getAsBoolean()) {
            findings.add(new Health.Finding(
                    "ELECTIONS_PAUSED",
                    condition.leader() == null
                            ? "nobody leads and nobody may stand for election"
                            : "when the leader is lost nobody takes over: leader=" + condition.leader(),
                    "call cluster().elections().resume() on a voter that is up"));
        }
        if (!flushFailure.isEmpty() && !stopped) {
            findings.add(new Health.Finding(
                    "STATE_NOT_FLUSHED",
                    "the state is not on the disk, so a restart replays all that was applied since: " + flushFailure,
                    "mend the reason; it is tried again by itself, and the journal has everything"));
        }
        int voters = members.peers().voters();
        if (voters % 2 == 0 && voters > 0 && !stopped) {
            findings.add(new Health.Finding(
                    "EVEN_VOTERS",
                    voters + " voters tolerate the loss of " + (voters / 2 - 1) + ", as " + (voters - 1) + " would",
                    "add a voter, or demote one to an observer"));
        }
        addSilent(findings);
        addClocks(findings);
        addLacking(findings);
        addNextLoss(findings);
        findings.addAll(recollection.findings());
        divergence.findings().values().forEach(finding -> findings.add(Divergence.describe(finding)));
        findings.addAll(more.get());
        EpochWatch watched = epochs;
        if (watched != null) {
            findings.addAll(watched.findings());
        }
        ImageReport report = images;
        if (report != null && now != StoreState.CLOSED) {
            findings.addAll(report.findings());
        }
        boolean ready = now == StoreState.SERVING && condition.leader() != null && engine != null;
        return new Health(!stopped, ready, findings);
    }

    private void addSilent(List<Health.Finding> findings) {
        hearsay.longSilent().forEach(each -> {
            Membership.Member other = each.getKey();
            Duration silent = each.getValue();
            findings.add(new Health.Finding(
                    "MEMBER_SILENT",
                    "member has not answered for " + silent.toSeconds() + " s: member=" + other.name() + " address="
                            + other.address(),
                    "check that it runs and that its address can be reached from here"));
        });
    }

    /** Nothing depends on clocks but what people are shown, and the time that commands are given. */
    private void addClocks(List<Health.Finding> findings) {
        hearsay.clocks()
                .filter(each -> each.getValue().abs().compareTo(CLOCKS_DIFFER) > 0)
                .forEach(each -> findings.add(new Health.Finding(
                        "CLOCK_DIFFERS",
                        "the clock of a member is another than the one here: member="
                                + each.getKey().name() + " secondsAhead="
                                + each.getValue().toSeconds(),
                        "set the clocks of both hosts; until then the times they show, and those that commands are given by"
                                + " them when they lead, do not fit together")));
    }

    /** As long as there is a quorum; what one more loss would cost is to be known before it happens. */
    private void addNextLoss(List<Health.Finding> findings) {
        if (condition.state() != StoreState.SERVING) {
            return;
        }
        Peers peers = members.peers();
        int silent = (int) hearsay.longSilent()
                .filter(each -> peers.otherVoters().contains(each.getKey()))
                .count();
        NextLoss.of(peers.voters(), peers.voters() - silent)
                .ifPresent(loss -> findings.add(new Health.Finding(
                        "NEXT_LOSS",
                        loss.text(),
                        "start the voters that are down, or replace them; add a voter when there are two or four")));
    }

    /** A member that cannot be helped holds the journal of the others, or is without their entries for longer and longer. */
    private void addLacking(List<Health.Finding> findings) {
        for (Membership.Member other : members.peers().others()) {
            Hearsay.Heard last = hearsay.last(other.name());
            String reason = last == null ? "" : last.facts().text(ImageReport.LACKS_IMAGE);
            if (!reason.isEmpty()) {
                findings.add(new Health.Finding(
                        "MEMBER_LACKS_IMAGE",
                        "a member is behind all journals and does not get an image: member=" + other.name() + " reason="
                                + reason,
                        "mend what it names at that member; it tries again by itself"));
            }
        }
    }

    private static String remedy(StoreState state) {
        return switch (state) {
            case FORMING -> "start every member of the bootstrap list";
            case STARTING -> "wait; if it lasts, check that a majority of the voters is up";
            case NO_QUORUM -> "start or reconnect voters until a majority is up; it comes back by itself";
            case READ_ONLY -> "free some disk space, or lower limits.diskFreeBytesMin; it comes back by itself";
            case HALTED -> "start a build that knows what the journal holds; nothing is lost";
            case JOINING -> "wait; the reason says what is missing";
            case RECOVERING -> "apply the same plan again, or abort the recovery, when it does not go on";
            case SUPERSEDED ->
                "save what only this member has (Recovery.branches), then let it come back: builder(..).rejoin(), or an empty directory";
            case REMOVED -> "close the store; to come back, delete its directory and join again";
            case FAILED -> "read the reason, mend its cause, open the store again";
            case CLOSED, SERVING -> "";
        };
    }
}
