package io.metastore.raft.internal.node;

import io.metastore.raft.internal.images.PurgeLimit;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.snapshot.files.Membership;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What each other member told last, and how long ago that is. Thread-safe, never blocks. */
final class Hearsay {

    private static final Duration SILENCE_REPORTED = Duration.ofSeconds(5);

    /** One that has not answered for this long, some questions, is not counted as alive. */
    private static final Duration SILENCE_COUNTS = Duration.ofMillis(2_500);

    /** Among the facts: what time it is there, in milliseconds. */
    static final String CLOCK = "clock";

    /**
     * What a member last told, and when.
     *
     * @param clockAhead how far its clock was ahead of the one here, as far as the time on the way lets tell; behind when negative
     */
    record Heard(MemberFacts facts, long nanos, Duration clockAhead) {

        Duration ago() {
            return Duration.ofNanos(System.nanoTime() - nanos);
        }
    }

    private final Members members;
    private final Clock clock;
    private final long openedNanos = System.nanoTime();
    private final Map<String, Heard> heard = new ConcurrentHashMap<>();

    Hearsay(Members members, Clock clock) {
        this.members = members;
        this.clock = clock;
    }

    void note(String name, MemberFacts facts) {
        Duration ahead = facts.has(CLOCK) ? Duration.ofMillis(facts.number(CLOCK) - clock.millis()) : Duration.ZERO;
        heard.put(name, new Heard(facts, System.nanoTime(), ahead));
    }

    /** Null when it never told anything. */
    @Nullable
    Heard last(String name) {
        return heard.get(name);
    }

    Map<String, Heard> all() {
        return heard;
    }

    /** How long this member has been open. */
    Duration open() {
        return Duration.ofNanos(System.nanoTime() - openedNanos);
    }

    boolean isAlive(String name) {
        Heard last = heard.get(name);
        return last != null && last.ago().compareTo(SILENCE_COUNTS) < 0;
    }

    private Duration silence(Membership.Member other) {
        Heard last = heard.get(other.name());
        return last == null ? open() : last.ago();
    }

    /** Whether some member cannot be counted on. */
    boolean isAnySilent() {
        return members.peers().others().stream()
                .anyMatch(other -> silence(other).compareTo(SILENCE_COUNTS) > 0);
    }

    /** By how much the clocks of those differ that answer. */
    Stream<Map.Entry<Membership.Member, Duration>> clocks() {
        return members.peers().others().stream()
                .filter(other -> isAlive(other.name()))
                .flatMap(other ->
                        Stream.ofNullable(last(other.name())).map(told -> Map.entry(other, told.clockAhead())));
    }

    /** How long those have been silent that have been so for long. */
    Stream<Map.Entry<Membership.Member, Duration>> longSilent() {
        return members.peers().others().stream()
                .map(other -> Map.entry(other, silence(other)))
                .filter(each -> each.getValue().compareTo(SILENCE_REPORTED) > 0);
    }

    /** The other members that answered lately, or could not have answered yet, for how much of the journal they still need. */
    List<PurgeLimit.Other> alive() {
        List<PurgeLimit.Other> alive = new ArrayList<>();
        for (Membership.Member other : members.peers().others()) {
            Heard last = heard.get(other.name());
            if (silence(other).compareTo(SILENCE_REPORTED) < 0) {
                // One that had no time to answer yet may need everything.
                alive.add(new PurgeLimit.Other(other.name(), last == null ? -1 : reaches(last.facts())));
            }
        }
        return alive;
    }

    /** The last entry that it does not need any more: what it waits for counts, else it would have come too late when it is there. */
    private static long reaches(MemberFacts facts) {
        return Math.max(facts.number("applied"), facts.number(ImageReport.TAKING_IMAGE));
    }
}
