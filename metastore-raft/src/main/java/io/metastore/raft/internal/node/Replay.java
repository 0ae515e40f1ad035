package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of opening that brings the state to what this member's journal proves to be committed, so that the first local read after a crash does not
 * see less than was read before it. Needs no other member; its length is bounded by what was committed since the last flush of the state.
 */
final class Replay {

    private static final Logger log = LoggerFactory.getLogger(Replay.class);

    private static final Duration PROGRESS = Duration.ofSeconds(3);

    private final NodeParts parts;
    private final long from;
    private final long to;

    /** Takes the goal from the engine, which has just started; what is committed from now on is not waited for. */
    Replay(NodeParts parts) {
        Engine engine = parts.members.engine();
        this.parts = parts;
        this.from = parts.state.durable().index();
        this.to = engine == null ? -1 : engine.commitIndex();
    }

    /** Returns when the state has come that far, or this member has stopped and never will. */
    void await() throws InterruptedException {
        if (to <= from) {
            return;
        }
        long started = System.nanoTime();
        while (!parts.gate.await(this::isOver, Deadline.after(PROGRESS))) {
            log.info(
                    "replaying the journal: member={} from={} to={} applied={} millis={}",
                    parts.members.self(),
                    from,
                    to,
                    applied(),
                    millisSince(started));
        }
        log.info(
                "journal replayed: member={} from={} to={} applied={} millis={}",
                parts.members.self(),
                from,
                to,
                applied(),
                millisSince(started));
    }

    private boolean isOver() {
        return applied() >= to || parts.condition.hasStopped() || parts.condition.isClosed();
    }

    private long applied() {
        return parts.state.current().position().index();
    }

    private static long millisSince(long startedNanos) {
        return (System.nanoTime() - startedNanos) / 1_000_000;
    }
}
