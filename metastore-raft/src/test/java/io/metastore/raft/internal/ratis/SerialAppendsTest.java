package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SerialAppendsTest {
    private final SerialAppends appends = new SerialAppends();
    private final List<String> started = new ArrayList<>();

    private CompletableFuture<String> run(String name, CompletableFuture<String> work) {
        return appends.run(() -> {
            started.add(name);
            return work;
        });
    }

    @Test
    void theSecondWaitsForTheFirst() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        CompletableFuture<String> firstResult = run("1", first);
        CompletableFuture<String> secondResult = run("2", second);
        assertThat(started).containsExactly("1");
        first.complete("one");
        assertThat(started).containsExactly("1", "2");
        assertThat(firstResult).isCompletedWithValue("one");
        assertThat(secondResult).isNotDone();
        second.complete("two");
        assertThat(secondResult).isCompletedWithValue("two");
    }

    @Test
    void aFailureLetsTheNextIn() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> firstResult = run("1", first);
        CompletableFuture<String> thrown = appends.run(() -> {
            throw new IllegalStateException("bug");
        });
        CompletableFuture<String> thirdResult = run("3", CompletableFuture.completedFuture("three"));
        first.completeExceptionally(new IllegalStateException("disk"));
        assertThat(firstResult).isCompletedExceptionally();
        assertThat(thrown).isCompletedExceptionally();
        assertThat(thirdResult).isCompletedWithValue("three");
    }

    @Test
    void refusesWhenTooMuchIsWaiting() {
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            results.add(run("later", new CompletableFuture<>()));
        }
        assertThat(results.get(29)).isCompletedExceptionally();
        assertThat(results.get(0)).isNotDone();
    }
}
