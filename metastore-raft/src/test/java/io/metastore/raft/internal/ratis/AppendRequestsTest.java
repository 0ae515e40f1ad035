package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.raft.internal.transport.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member that is behind is sent at once. */
class AppendRequestsTest {

    private static final String SHORT = "s".repeat(20 << 10);
    private static final String LONG = "l".repeat(AppendRequests.BYTES_MAX + 1);
    private static final int EACH = 40;

    private final Queue<AppendEntriesRequestProto> sent = new ConcurrentLinkedQueue<>();

    @Test
    void aMemberThatIsBehindIsSentALittleAtATimeAndALongEntryByItself(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember leader = group.awaitLeader();
            TestMember behind = group.members().stream()
                    .filter(member -> member != leader)
                    .findFirst()
                    .orElseThrow();
            leader.put("before");
            Fill.awaitSame(behind, leader);
            group.links.cutOff(behind.name);
            putBehind(leader);
            // when
            group.links.lose((from, to, method, request) -> {
                if (to.equals(behind.name) && method == Method.RAFT_APPEND) {
                    sent.add(RaftMessages.parse(request, AppendEntriesRequestProto.parser()));
                }
                return false;
            });
            group.links.reconnect(behind.name);
            Fill.awaitSame(behind, leader);
        }
        // then
        List<AppendEntriesRequestProto> requests =
                sent.stream().filter(each -> each.getEntriesCount() > 0).toList();
        assertThat(requests).as("several together").anySatisfy(each -> assertThat(each.getEntriesCount())
                .isGreaterThan(5));
        assertThat(requests).filteredOn(each -> each.getEntriesCount() > 1).allSatisfy(each -> assertThat(bytes(each))
                .isLessThanOrEqualTo(AppendRequests.BYTES_MAX));
        assertThat(requests)
                .filteredOn(each -> bytes(each) > AppendRequests.BYTES_MAX)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.getEntriesCount()).isEqualTo(1));
    }

    private static void putBehind(TestMember leader) throws Exception {
        List<CompletableFuture<String>> replies = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            replies.add(leader.submit(i + SHORT));
        }
        replies.add(leader.submit(LONG));
        for (int i = 0; i < EACH; i++) {
            replies.add(leader.submit(i + SHORT));
        }
        Fill.awaitAll(replies);
    }

    private static int bytes(AppendEntriesRequestProto request) {
        return request.getEntriesList().stream()
                .mapToInt(LogEntryProto::getSerializedSize)
                .sum();
    }
}
