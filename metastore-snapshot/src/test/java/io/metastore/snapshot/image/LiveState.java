package io.metastore.snapshot.image;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** A real state that is written to, for making images of it. */
final class LiveState implements AutoCloseable {

    private static final UUID SESSION = new UUID(1, 1);

    private final MetaState state;
    private final String mark;

    /** @param mark part of every value: two states of other marks differ at the same position */
    LiveState(Path directory, String mark) {
        this.mark = mark;
        this.state = MetaState.open(directory, MetaState.Options.defaults("live"), CommandRuntime.NONE);
        if (state.applied().index() < 0) {
            apply(0, new JournalOp.RegisterTable(new TableRecord(0, "t", "utf8", "utf8", 1)));
        }
    }

    MetaState state() {
        return state;
    }

    /** Writes until the entry of that index. */
    LiveState upTo(long index) {
        for (long next = state.applied().index() + 1; next <= index; next++) {
            apply(next, new JournalOp.Put(1, bytes("key" + next), 1, bytes(mark + next)));
        }
        return this;
    }

    private void apply(long index, JournalOp op) {
        byte[] batch = JournalCodec.encodeBatch(new JournalBatch(
                SESSION, index + 1, List.<JournalTransaction>of(new Changes(-1, List.of(), List.of(op), List.of()))));
        state.apply(new LogPosition(1, index), ByteBuffer.wrap(JournalCodec.encodeEntry(1000, 0, batch)));
    }

    /** Makes an image of it as it is now. */
    PersistedImage make(ImageStore store) {
        try (PendingImage pending = store.begin()) {
            return pending.persist(state.checkpoint(pending.directory()), PaperState.FACTS);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        state.close();
    }
}
