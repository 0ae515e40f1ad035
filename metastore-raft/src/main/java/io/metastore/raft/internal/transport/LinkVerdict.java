package io.metastore.raft.internal.transport;

/**
 * What happens to one message.
 *
 * @param fate whether it arrives
 * @param delayNanos how much later, 0 for at once
 * @param duplicateDelayNanos when its second copy arrives; negative: there is none
 */
record LinkVerdict(Fate fate, long delayNanos, long duplicateDelayNanos) {
    static final LinkVerdict PASS = new LinkVerdict(Fate.PASSES, 0, -1);
    static final LinkVerdict LOST = new LinkVerdict(Fate.LOST, 0, -1);
    static final LinkVerdict REFUSED = new LinkVerdict(Fate.REFUSED, 0, -1);

    enum Fate {
        PASSES,
        /** Nobody learns of it. */
        LOST,
        /** Its sender, or the caller waiting for it, learns of it at once. */
        REFUSED
    }

    /** Which way a message goes. */
    enum Leg {
        REQUEST,
        REPLY
    }

    static LinkVerdict cut(LinkFaults.Cut cut) {
        return cut == LinkFaults.Cut.BLACKHOLE ? LOST : REFUSED;
    }

    boolean isDuplicated() {
        return duplicateDelayNanos >= 0;
    }
}
