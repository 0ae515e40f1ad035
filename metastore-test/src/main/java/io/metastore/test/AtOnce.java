package io.metastore.test;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** Does something with several members at the same time. */
final class AtOnce {

    private AtOnce() {}

    /**
     * Returns when it is done with all of them.
     *
     * @throws IllegalStateException it failed with some
     */
    static void all(Collection<TestMember> members, Consumer<TestMember> action) {
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = members.stream()
                .map(member -> new Thread(
                        () -> {
                            try {
                                action.accept(member);
                            } catch (RuntimeException | Error e) {
                                synchronized (failures) {
                                    failures.add(e);
                                }
                            }
                        },
                        "test-" + member.name()))
                .toList();
        threads.forEach(Thread::start);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        synchronized (failures) {
            if (!failures.isEmpty()) {
                IllegalStateException failure = new IllegalStateException("a member failed", failures.get(0));
                failures.stream().skip(1).forEach(failure::addSuppressed);
                throw failure;
            }
        }
    }
}
