package io.metastore.raft.internal.transport;

import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The script of what goes wrong between members; one object for the {@link FaultyTransport}s of all of them.
 *
 * <p>A link has a direction: requests of {@code a} to {@code b} and replies of {@code a} to {@code b}'s requests travel on the link from
 * {@code a} to {@code b}. A one-way cut of {@code b} to {@code a} therefore loses {@code b}'s requests and makes {@code a}'s be handled
 * without {@code a} ever hearing of it. Faults of one link add up; setting one again replaces it. Members are named by their addresses, and
 * {@code a} and {@code b} are not checked to exist, so ask {@link #fired} whether a fault did anything: one that did not is a failed test.
 *
 * <p>Callable from any thread at any time. What is random comes from one generator per link, seeded by the seed and the two names, so the
 * n-th message on a link meets the same fate in each run.
 */
public final class LinkFaults {

    /** What the sender notices of a cut. */
    public enum Cut {
        /** Nothing, until its timeout: a firewall that drops, a pulled cable. */
        BLACKHOLE,
        /** At once: a request is unreachable, a lost reply a failed call. A closed port, a reset connection. */
        REFUSED
    }

    /** What can strike one message; counted each time it does. */
    public enum Fault {
        REQUEST_CUT,
        REPLY_CUT,
        REQUEST_DROPPED,
        REPLY_DROPPED,
        REQUEST_DELAYED,
        REPLY_DELAYED,
        /** A request that was handed over twice; one of the replies was ignored. */
        DUPLICATED
    }

    private final long seed;
    private final ConcurrentHashMap<Link, LinkState> links = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Cut> isolated = new ConcurrentHashMap<>();
    /** Whether any rule is set; all that is read while there is none. */
    private volatile boolean active;

    /**
     * A script without faults.
     *
     * @param seed of everything random here; print it when a test fails
     */
    public LinkFaults(long seed) {
        this.seed = seed;
    }

    public long seed() {
        return seed;
    }

    /** Cuts one direction, for requests and replies. */
    public void cut(String from, String to, Cut cut) {
        change(from, to, rules -> rules.withCut(cut));
    }

    /** Cuts one direction for replies only: requests of {@code to} are handled by {@code from}, whose answers are lost. */
    public void cutReplies(String from, String to, Cut cut) {
        change(from, to, rules -> rules.withReplyCut(cut));
    }

    /** Cuts both directions between each member of one side and each of the other. */
    public void partition(Collection<String> side, Collection<String> otherSide, Cut cut) {
        for (String a : side) {
            for (String b : otherSide) {
                cut(a, b, cut);
                cut(b, a, cut);
            }
        }
    }

    /** Cuts one member off from everyone, also from members that come later. */
    public void isolate(String member, Cut cut) {
        isolated.put(member, cut);
        refreshActive();
    }

    /** Delays each message on this link by the same time. */
    public void delay(String from, String to, Duration delay) {
        delay(from, to, delay, delay);
    }

    /** Delays each message on this link by a random time, both ends included; messages may so overtake each other. */
    public void delay(String from, String to, Duration min, Duration max) {
        if (min.isNegative() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException("invalid delay: min=" + min + " max=" + max);
        }
        change(from, to, rules -> rules.withDelay(min.toNanos(), max.toNanos()));
    }

    /** Loses each message on this link with this probability, 0 to 1. */
    public void drop(String from, String to, double probability) {
        change(from, to, rules -> rules.withDrop(checked(probability)));
    }

    /** Hands each request on this link over twice with this probability, 0 to 1; with a random delay each copy has its own. */
    public void duplicate(String from, String to, double probability) {
        change(from, to, rules -> rules.withDuplicate(checked(probability)));
    }

    /** Ends all faults of one direction. Counters stay; an isolation of either end stays too. */
    public void heal(String from, String to) {
        change(from, to, rules -> LinkRules.NONE);
    }

    /** Ends an isolation. */
    public void rejoin(String member) {
        isolated.remove(member);
        refreshActive();
    }

    /** Ends everything; counters stay. */
    public void healAll() {
        isolated.clear();
        links.values().forEach(link -> link.change(rules -> LinkRules.NONE));
        refreshActive();
    }

    /** How many messages of one link a fault has struck so far. */
    public long fired(String from, String to, Fault fault) {
        LinkState link = links.get(new Link(from, to));
        return link == null ? 0 : link.fired(fault);
    }

    /** The same over all links. */
    public long fired(Fault fault) {
        return links.values().stream().mapToLong(link -> link.fired(fault)).sum();
    }

    boolean active() {
        return active;
    }

    /** Decides the fate of one message and counts it. */
    LinkVerdict judge(String from, String to, LinkVerdict.Leg leg) {
        if (!active) {
            return LinkVerdict.PASS;
        }
        return link(from, to).judge(leg, isolation(from, to));
    }

    /** Like {@link #judge}, for a message that was delayed and arrives now: only cuts count. */
    LinkVerdict judgeArrival(String from, String to, LinkVerdict.Leg leg) {
        if (!active) {
            return LinkVerdict.PASS;
        }
        return link(from, to).judgeCut(leg, isolation(from, to));
    }

    private @Nullable Cut isolation(String from, String to) {
        if (isolated.isEmpty()) {
            return null;
        }
        Cut cut = isolated.get(from);
        return cut != null ? cut : isolated.get(to);
    }

    private LinkState link(String from, String to) {
        return links.computeIfAbsent(new Link(from, to), link -> new LinkState(seed ^ link.longHash()));
    }

    private void change(String from, String to, UnaryOperator<LinkRules> change) {
        link(from, to).change(change);
        refreshActive();
    }

    /** Under one lock, so that of two concurrent changes the later look decides. */
    private synchronized void refreshActive() {
        active = !isolated.isEmpty() || links.values().stream().anyMatch(LinkState::hasRules);
    }

    private static double checked(double probability) {
        if (!(probability >= 0 && probability <= 1)) { // Written so that NaN fails too.
            throw new IllegalArgumentException("invalid probability: value=" + probability + "; from 0 to 1");
        }
        return probability;
    }

    private record Link(String from, String to) {
        Link {
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(to, "to");
        }

        /** Differs from that of the opposite direction; the same in each run. */
        long longHash() {
            return ((long) from.hashCode() << 32) | (to.hashCode() & 0xFFFF_FFFFL);
        }
    }
}
