package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.raft.internal.engine.Following;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An observer loses its leader after as long a silence as a voter does. */
class ObserverWatchTest {

    private static final Duration SILENCE_MAX = Duration.ofMillis(600);

    private final ScriptedEngine engine = new ScriptedEngine();
    private final Condition condition = new Condition("o1", Duration.ofSeconds(2));
    private final AtomicInteger changes = new AtomicInteger();

    private ObserverWatch watch(MemberRole role) {
        Membership.Member self = new Membership.Member("o1", "o1:1", role, Optional.empty());
        Membership.Member other = new Membership.Member("m1", "m1:1", MemberRole.VOTER, Optional.empty());
        Members members = new Members(new Peers("o1", List.of(self, other)), null);
        members.engine(engine);
        condition.leader("m1", 1);
        return new ObserverWatch(members, condition, SILENCE_MAX, () -> false, changes::incrementAndGet);
    }

    private void hear(String leader, long silentMillis) {
        engine.following = new Following(leader, 1, Duration.ofMillis(silentMillis));
    }

    @Test
    void aLeaderIsLostAfterTheLongestElectionTimeoutAndBackWithItsNextMessage() {
        ObserverWatch watch = watch(MemberRole.OBSERVER);
        hear("m1", 600);
        watch.look();
        assertThat(condition.leader()).isEqualTo("m1");
        hear("m1", 601);
        watch.look();
        watch.look();
        assertThat(condition.leader()).isNull();
        assertThat(changes).hasValue(1);
        hear("m1", 0);
        watch.look();
        assertThat(condition.leader()).isEqualTo("m1");
        assertThat(changes).hasValue(2);
    }

    @Test
    void aVoterHasElectionsForThat() {
        ObserverWatch watch = watch(MemberRole.VOTER);
        hear("m1", 60_000);
        watch.look();
        assertThat(condition.leader()).isEqualTo("m1");
        assertThat(changes).hasValue(0);
    }

    @Test
    void whoFollowsNobodyIsLeftAlone() {
        ObserverWatch watch = watch(MemberRole.OBSERVER);
        engine.following = null;
        watch.look();
        assertThat(condition.leader()).isEqualTo("m1");
        assertThat(changes).hasValue(0);
    }
}
