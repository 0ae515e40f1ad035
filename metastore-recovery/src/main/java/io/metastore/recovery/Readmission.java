package io.metastore.recovery;

import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for members that come back after a recovery, and gives them a vote. Used once, by one thread. */
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

    /** Whether there is no more to be done with it. */
    private boolean hasVote(MemberStatus member) {
        if (member.role() != MemberStatus.Role.OBSERVER) {
            boolean voter = member.role() == MemberStatus.Role.FOLLOWER || member.role() == MemberStatus.Role.VOTER;
            if (voter) {
                done.add("has its vote: " + member.name());
            }
            return voter;
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
