package io.metastore.raft.internal.members;

import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import java.time.Instant;

/** What everybody sees of an operation, as facts of its record. */
final class OperationFacts {

    private OperationFacts() {}

    static MemberFacts of(Operation info) {
        MemberFacts facts = MemberFacts.of()
                .with("id", info.id())
                .with("type", info.type())
                .with("target", info.target())
                .with("requestedBy", info.requestedBy())
                .with("state", info.state())
                .with("step", info.step())
                .with("started", info.started())
                .with("done", info.done())
                .with("total", info.total());
        if (info.ended() != null) {
            facts.with("ended", info.ended());
        }
        if (info.error() != null) {
            facts.with("error", info.error());
        }
        return facts;
    }

    /**
     * The inverse.
     *
     * @throws IllegalArgumentException a newer build wrote something that this one does not know
     */
    static Operation operation(MemberFacts facts) {
        return new Operation(
                facts.number("id"),
                OperationType.valueOf(facts.text("type")),
                facts.text("target"),
                facts.text("requestedBy"),
                OperationState.valueOf(facts.text("state")),
                facts.text("step"),
                Instant.parse(facts.text("started")),
                facts.has("ended") ? Instant.parse(facts.text("ended")) : null,
                facts.has("error") ? facts.text("error") : null,
                facts.number("done"),
                facts.number("total"));
    }
}
