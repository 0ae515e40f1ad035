package io.metastore.raft.internal.transport;

import org.jspecify.annotations.Nullable;

/** The faults set on one directed link; immutable. Delays in nanoseconds, both ends included; probabilities 0 to 1. */
record LinkRules(
        LinkFaults.@Nullable Cut cut,
        LinkFaults.@Nullable Cut replyCut,
        long delayMinNanos,
        long delayMaxNanos,
        double dropProbability,
        double duplicateProbability) {

    static final LinkRules NONE = new LinkRules(null, null, 0, 0, 0, 0);

    LinkRules withCut(LinkFaults.Cut newCut) {
        return new LinkRules(newCut, replyCut, delayMinNanos, delayMaxNanos, dropProbability, duplicateProbability);
    }

    LinkRules withReplyCut(LinkFaults.Cut newCut) {
        return new LinkRules(cut, newCut, delayMinNanos, delayMaxNanos, dropProbability, duplicateProbability);
    }

    LinkRules withDelay(long minNanos, long maxNanos) {
        return new LinkRules(cut, replyCut, minNanos, maxNanos, dropProbability, duplicateProbability);
    }

    LinkRules withDrop(double probability) {
        return new LinkRules(cut, replyCut, delayMinNanos, delayMaxNanos, probability, duplicateProbability);
    }

    LinkRules withDuplicate(double probability) {
        return new LinkRules(cut, replyCut, delayMinNanos, delayMaxNanos, dropProbability, probability);
    }

    LinkFaults.@Nullable Cut cutFor(LinkVerdict.Leg leg) {
        return leg == LinkVerdict.Leg.REPLY && replyCut != null ? replyCut : cut;
    }
}
