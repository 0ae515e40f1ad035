package io.metastore.recovery;

import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OperationType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for members that come back after a recovery, and gives them a vote when the plan does not. Used once, by one thread. */
final class Readmission {
    private static final long LOOK_MILLIS = 100;

    private final MetaStore store;
    private final long end;
    private final List<String> done = new ArrayList<>();
    /** Why the last attempt came to nothing, by name. */
    private final Map<String, String> hindered = new HashMap<>();

    Readmission(MetaStore store, Duration atMost) {
        this.store = store;
        this.end = System.nanoTime() + atMost.toNanos();
    }

    /** What became of each, in words. */
    List<String> run(List<String> names) {
        TreeSet<String> left = new TreeSet<>(names);
        while (!left.isEmpty()) {
            List<MemberStatus> members = store.status().members();
            left.removeIf(name -> members.stream()
                    .filter(member -> member.name().equals(name) && member.joined() && member.alive())
                    .anyMatch(this::hasVote));
            if (left.isEmpty() || !pause()) {
                break;
            }
        }
        left.forEach(name -> done.add(
                hindered.containsKey(name)
                        ? "has no vote: " + name + " because " + hindered.get(name)
                        : "not back in time: " + name + "; open it with rejoin(), or replace it"));
        return List.copyOf(done);
    }

    /** Of each what became of it, in words. Asks for nothing: that was recorded with the beginning of the epoch. */
    List<String> await(List<RecoveryPlan.Readmitted> members) {
        List<RecoveryPlan.Readmitted> left = new ArrayList<>(members);
        while (true) {
            List<MemberStatus> now = store.status().members();
            left.removeIf(each -> isBack(each, now));
            if (left.isEmpty() || !pause()) {
                break;
            }
        }
        left.forEach(each -> done.add("not back yet: " + each.name() + " because " + step(each)));
        return List.copyOf(done);
    }

    private boolean isBack(RecoveryPlan.Readmitted wanted, List<MemberStatus> now) {
        boolean back = now.stream()
                .anyMatch(member -> member.name().equals(wanted.name())
                        && member.joined()
                        && member.alive()
                        && (wanted.voter() ? isVoter(member) : member.role() == MemberStatus.Role.OBSERVER));
        if (back) {
            done.add((wanted.voter() ? "has its vote: " : "is back as an observer: ") + wanted.name());
        }
        return back;
    }

    /** What the operation that lets it in says. */
    private String step(RecoveryPlan.Readmitted wanted) {
        return store.cluster().operations().stream()
                .filter(operation -> operation.target().equals(wanted.name())
                        && (operation.type() == OperationType.ADD_VOTER
                                || operation.type() == OperationType.ADD_OBSERVER))
                .findFirst()
                .map(operation -> "operation " + operation.id() + " is " + operation.state() + ", " + operation.step()
                        + (operation.error() == null ? "" : ", " + operation.error()))
                .orElse("nobody has recorded the beginning of the epoch yet");
    }

    private static boolean isVoter(MemberStatus member) {
        return member.role() == MemberStatus.Role.LEADER
                || member.role() == MemberStatus.Role.FOLLOWER
                || member.role() == MemberStatus.Role.CANDIDATE
                || member.role() == MemberStatus.Role.VOTER;
    }

    /** Whether there is no more to be done with it. */
    private boolean hasVote(MemberStatus member) {
        if (member.role() != MemberStatus.Role.OBSERVER) {
            if (isVoter(member)) {
                done.add("has its vote: " + member.name());
            }
            return isVoter(member);
        }
        Optional<Duration> left = left();
        if (left.isEmpty()) {
            return false;
        }
        try {
            store.cluster().promote(member.name()).await(left.get());
            done.add("has its vote: " + member.name());
            return true;
        } catch (MetastoreException e) { // Another one may be coming in just now.
            hindered.put(member.name(), String.valueOf(e.getMessage()));
            return false;
        }
    }

    private Optional<Duration> left() {
        long nanos = end - System.nanoTime();
        return nanos > 0 ? Optional.of(Duration.ofNanos(nanos)) : Optional.empty();
    }

    /** False when the time is over, or the thread was interrupted, which it stays. */
    private boolean pause() {
        try {
            return left().isPresent() && !new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
