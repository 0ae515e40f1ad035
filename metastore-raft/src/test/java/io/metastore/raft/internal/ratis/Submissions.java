package io.metastore.raft.internal.ratis;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Submits numbered entries to a member, one after the other, until it is told to stop. */
final class Submissions implements AutoCloseable {
    private final List<String> acknowledged = new CopyOnWriteArrayList<>();
    private final TestMember member;
    private final Thread thread;
    private volatile boolean stopped;

    Submissions(TestMember member) {
        this.member = member;
        this.thread = new Thread(this::run, "submissions");
        thread.start();
    }

    private void run() {
        for (int i = 0; !stopped; i++) {
            String entry = "s" + i;
            try {
                member.put(entry);
                acknowledged.add(entry);
            } catch (Exception e) {
                throw new AssertionError("was not acknowledged: " + entry, e);
            }
        }
    }

    /** Returns once more entries are acknowledged. */
    void awaitMore() {
        int before = acknowledged.size();
        await().atMost(Duration.ofSeconds(20)).until(() -> acknowledged.size() > before + 2);
    }

    /** What was acknowledged, after the last. */
    List<String> stop() throws InterruptedException {
        stopped = true;
        thread.join();
        return List.copyOf(acknowledged);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
