package io.metastore.raft.internal.ratis;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Journals of several small files. */
final class Fill {
    /** Files of 1 MiB. */
    static final UnaryOperator<RatisSettings> SMALL_FILES = settings -> settings.withLimits(TestGroup.SMALL);

    /** Entries that fit into one such file. */
    static final int ENTRIES_PER_FILE = 4;

    private static final String PADDING = "x".repeat(240 << 10);

    private Fill() {}

    /** A group with such files, all of it started. */
    static TestGroup started(Path root, String... voters) {
        return new TestGroup(root, voters).adjusted(SMALL_FILES).startAll();
    }

    /** An entry of a quarter of a file, told apart by a number. */
    static String entry(int number) {
        return number + ":" + PADDING;
    }

    /** Puts entries from a number on; returns once they are applied at the leader. */
    static void put(TestMember leader, int from, int count) throws Exception {
        List<CompletableFuture<String>> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            replies.add(leader.submit(entry(from + i)));
        }
        awaitAll(replies);
    }

    /** Returns once all are applied at the leader. */
    static void awaitAll(List<CompletableFuture<String>> replies) throws Exception {
        for (CompletableFuture<String> reply : replies) {
            reply.get(30, TimeUnit.SECONDS);
        }
    }

    /** Makes durable what the leader has, deletes what can be deleted up to there, and returns the first entry left. */
    static long purgeAll(TestMember member) throws Exception {
        return member.engine.purge(member.consumer.flush().index()).get(20, TimeUnit.SECONDS);
    }

    /** Returns once the member has applied what the other has. */
    static void awaitSame(TestMember member, TestMember leader) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> member.consumer.applied().equals(leader.consumer.applied())
                        && member.consumer.position().equals(leader.consumer.position()));
    }
}
