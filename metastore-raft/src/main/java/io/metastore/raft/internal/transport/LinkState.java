package io.metastore.raft.internal.transport;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Rules, dice and counters of one directed link. The dice are thrown under the lock; the rest is readable without. */
final class LinkState {
    private final SplittableRandom random;
    private final Map<LinkFaults.Fault, LongAdder> fired = new EnumMap<>(LinkFaults.Fault.class);

    private volatile LinkRules rules = LinkRules.NONE;

    LinkState(long seed) {
        random = new SplittableRandom(seed);
        for (LinkFaults.Fault fault : LinkFaults.Fault.values()) {
            fired.put(fault, new LongAdder());
        }
    }

    synchronized void change(UnaryOperator<LinkRules> change) {
        rules = change.apply(rules);
    }

    boolean hasRules() {
        return !rules.equals(LinkRules.NONE);
    }

    long fired(LinkFaults.Fault fault) {
        LongAdder count = fired.get(fault);
        return count == null ? 0 : count.sum();
    }

    synchronized LinkVerdict judge(LinkVerdict.Leg leg, LinkFaults.@Nullable Cut isolation) {
        LinkVerdict cut = judgeCut(leg, isolation);
        if (cut.fate() != LinkVerdict.Fate.PASSES) {
            return cut;
        }
        boolean request = leg == LinkVerdict.Leg.REQUEST;
        if (strikes(rules.dropProbability())) {
            count(request ? LinkFaults.Fault.REQUEST_DROPPED : LinkFaults.Fault.REPLY_DROPPED);
            return LinkVerdict.LOST;
        }
        long delayNanos = delay();
        if (delayNanos > 0) {
            count(request ? LinkFaults.Fault.REQUEST_DELAYED : LinkFaults.Fault.REPLY_DELAYED);
        }
        if (request && strikes(rules.duplicateProbability())) {
            count(LinkFaults.Fault.DUPLICATED);
            return new LinkVerdict(LinkVerdict.Fate.PASSES, delayNanos, delay());
        }
        return delayNanos == 0 ? LinkVerdict.PASS : new LinkVerdict(LinkVerdict.Fate.PASSES, delayNanos, -1);
    }

    LinkVerdict judgeCut(LinkVerdict.Leg leg, LinkFaults.@Nullable Cut isolation) {
        LinkFaults.Cut cut = isolation != null ? isolation : rules.cutFor(leg);
        if (cut == null) {
            return LinkVerdict.PASS;
        }
        count(leg == LinkVerdict.Leg.REQUEST ? LinkFaults.Fault.REQUEST_CUT : LinkFaults.Fault.REPLY_CUT);
        return LinkVerdict.cut(cut);
    }

    private boolean strikes(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    private long delay() {
        long min = rules.delayMinNanos();
        long max = rules.delayMaxNanos();
        return min == max ? min : random.nextLong(min, max + 1);
    }

    private void count(LinkFaults.Fault fault) {
        LongAdder count = fired.get(fault);
        if (count != null) {
            count.increment();
        }
    }
}
