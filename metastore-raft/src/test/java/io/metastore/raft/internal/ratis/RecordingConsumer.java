package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.JournalConsumer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Keeps what it was given; replies with the entry behind {@code "applied "}. */
final class RecordingConsumer implements JournalConsumer {
    final List<String> failures = new CopyOnWriteArrayList<>();
    final List<String> leaders = new CopyOnWriteArrayList<>();
    final List<Long> readyTerms = new CopyOnWriteArrayList<>();

    /** Committed configurations as they were told, and on which threads. */
    final List<GroupConfiguration> configurations = new CopyOnWriteArrayList<>();

    final List<String> restartsNeeded = new CopyOnWriteArrayList<>();
    final List<String> removals = new CopyOnWriteArrayList<>();

    /** Called with each entry before it is recorded; may throw or block. */
    volatile Consumer<String> onApply = entry -> {};

    /** What an entry says about those before it. */
    volatile ToLongFunction<String> hintOf = entry -> -1;

    /** Guarded by this. */
    private final List<String> applied = new ArrayList<>();

    /** Guarded by this. */
    private LogPosition position;

    private volatile boolean replaying;

    /** Guarded by this. */
    private LogPosition durable;

    /** What {@link #reload} takes; fails when there is none. */
    volatile Supplier<Image> onReload = () -> {
        throw new IllegalStateException("no image");
    };

    /** Threads that called apply, skip or reload. */
    final Set<Thread> applyThreads = ConcurrentHashMap.newKeySet();

    /** A state at a position. */
    record Image(LogPosition position, List<String> applied) {}

    RecordingConsumer() {
        this(LogPosition.NONE);
    }

    RecordingConsumer(LogPosition durable) {
        this(new Image(durable, List.of()));
    }

    /** A consumer whose state came from an image. */
    RecordingConsumer(Image image) {
        this.durable = image.position();
        this.position = image.position();
        this.applied.addAll(image.applied());
    }

    /** The state as it is now. */
    synchronized Image image() {
        return new Image(position, List.copyOf(applied));
    }

    synchronized List<String> applied() {
        return List.copyOf(applied);
    }

    synchronized LogPosition position() {
        return position;
    }

    @Override
    public synchronized LogPosition durablePosition() {
        return durable;
    }

    @Override
    public LogPosition reload() {
        applyThreads.add(Thread.currentThread());
        Image image = onReload.get();
        synchronized (this) {
            applied.clear();
            applied.addAll(image.applied());
            position = image.position();
            durable = image.position();
            return durable;
        }
    }

    @Override
    public byte[] apply(LogPosition newPosition, ByteBuffer entry) {
        if (replaying && has(newPosition)) {
            return new byte[0];
        }
        String text = StandardCharsets.UTF_8.decode(entry).toString();
        onApply.accept(text);
        advance(newPosition);
        synchronized (this) {
            applied.add(text);
        }
        return ("applied " + text).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public long commitHint(ByteBuffer entry) {
        return hintOf.applyAsLong(StandardCharsets.UTF_8.decode(entry).toString());
    }

    @Override
    public void skip(LogPosition newPosition) {
        if (replaying && has(newPosition)) {
            return;
        }
        advance(newPosition);
    }

    /** As the node's state does: what it has is not taken again. */
    private synchronized boolean has(LogPosition next) {
        return next.index() <= position.index();
    }

    /** From now on entries are expected from here on again, as after a restart, and those applied already are skipped. */
    synchronized RecordingConsumer restarted() {
        replaying = true;
        return this;
    }

    private synchronized void advance(LogPosition newPosition) {
        applyThreads.add(Thread.currentThread());
        if (newPosition.index() != position.index() + 1 || newPosition.term() < position.term()) {
            throw new IllegalStateException("out of order: position=" + position + " next=" + newPosition);
        }
        position = newPosition;
    }

    @Override
    public synchronized LogPosition flush() {
        durable = position;
        return durable;
    }

    @Override
    public void leaderChanged(@Nullable String leader, long term) {
        leaders.add(leader + "@" + term);
    }

    @Override
    public void leaderReady(long term) {
        readyTerms.add(term);
    }

    @Override
    public void membersChanged(GroupConfiguration committed) {
        applyThreads.add(Thread.currentThread());
        configurations.add(committed);
    }

    @Override
    public void restartNeeded(String why) {
        applyThreads.add(Thread.currentThread());
        restartsNeeded.add(why);
    }

    @Override
    public void removed(String why) {
        removals.add(why);
    }

    @Override
    public void failed(String reason, @Nullable Throwable cause) {
        failures.add(reason);
    }
}
