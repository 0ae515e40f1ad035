package io.metastore.recovery;

import io.metastore.test.TestMember;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Members that came back after a recovery. */
final class Returned {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Returned() {}

    /** Gives one its vote, once its addition is over: until it has caught up no other operation begins. */
    static void promote(TestMember leader, TestMember returned) {
        Awaitility.await().atMost(PATIENCE).until(() -> leader.store().cluster().operations().stream()
                .allMatch(operation -> operation.state().isOver()));
        leader.store().cluster().promote(returned.name()).await(PATIENCE);
    }
}
