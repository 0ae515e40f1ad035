package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineStatus;
import org.jspecify.annotations.Nullable;

/** Numbers of a node that meters read when they are asked; -1 while there is nothing to read. */
public final class NodeGauges {

    private final CurrentNode current;

    NodeGauges(CurrentNode current) {
        this.current = current;
    }

    private NodeParts parts() {
        return current.get().parts();
    }

    public String member() {
        return parts().members.self();
    }

    public double revision() {
        return parts().state.current().revision().number();
    }

    public double appliedIndex() {
        return parts().state.current().position().index();
    }

    /** Committed entries that are not applied here yet. */
    public double lag() {
        Engine engine = parts().members.engine();
        return engine == null ? -1 : Math.max(0, engine.commitIndex() - appliedIndex());
    }

    public double leader() {
        return parts().members.leads() ? 1 : 0;
    }

    public double term() {
        Engine engine = parts().members.engine();
        return engine == null ? -1 : engine.currentTerm();
    }

    public double journalBytes() {
        Engine engine = parts().members.engine();
        EngineStatus status = engine == null ? null : engine.status();
        return journalBytes(status);
    }

    private static double journalBytes(@Nullable EngineStatus status) {
        return status == null ? -1 : status.journalBytes();
    }

    /** First entry in the journal. */
    public double journalFirst() {
        Engine engine = parts().members.engine();
        return engine == null ? -1 : engine.firstIndex();
    }

    /** Of the newest image. */
    public double imageIndex() {
        return parts().images().checkpoints().list().stream()
                .mapToLong(image -> image.position().index())
                .findFirst()
                .orElse(-1);
    }

    /** Of images, to other members, since this member was opened. */
    public double imageBytesSent() {
        return parts().images().sender().sentBytes();
    }

    public double queuedTransactions() {
        return parts().proposer.queued();
    }

    public double openNativeHandles() {
        return parts().state.openHandles();
    }
}
