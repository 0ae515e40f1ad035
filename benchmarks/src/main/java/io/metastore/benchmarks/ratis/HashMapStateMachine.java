package io.metastore.benchmarks.ratis;

import io.metastore.benchmarks.PutEntry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/** The records of one member in memory; written by the thread that applies the log, read by any. */
final class HashMapStateMachine extends BaseStateMachine {
    private static final CompletableFuture<Message> DONE = CompletableFuture.completedFuture(Message.EMPTY);

    private final ConcurrentMap<String, byte[]> records = new ConcurrentHashMap<>();

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        PutEntry.apply(entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer(), records);
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return DONE;
    }

    @Override
    public CompletableFuture<Message> query(Message request) {
        byte[] value = read(request.getContent().toString(StandardCharsets.UTF_8));
        ByteString content = value == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(value);
        return CompletableFuture.completedFuture(Message.valueOf(content));
    }

    byte @Nullable [] read(String key) {
        return records.get(key);
    }
}
