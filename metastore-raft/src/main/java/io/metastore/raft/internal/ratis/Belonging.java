package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.engine.JournalConsumer;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Follows what committed configurations say about this member, and tells the consumer.
 *
 * <p>A journal that is replayed tells old stories, and a member that is being caught up reads of a group that does not know it yet. So nothing is
 * concluded from a configuration that the newest one in the journal does not confirm, nor from not being named by a member that never was.
 */
final class Belonging {
    private final String self;
    private final JournalConsumer consumer;
    private final EngineLife life;
    private final ElectionPause pause;
    private final Appenders appenders;

    /** Null before the start. */
    private volatile RaftServer.@Nullable Division division;

    // Apply thread only, but for the beginning.
    private boolean named;
    private boolean voted;
    private boolean restartAsked;

    /** Why this member does not belong to the group any more, while it still leads. */
    private volatile @Nullable String removal;

    Belonging(String self, JournalConsumer consumer, EngineLife life, ElectionPause pause, Appenders appenders) {
        this.self = self;
        this.consumer = consumer;
        this.life = life;
        this.pause = pause;
        this.appenders = appenders;
    }

    /** Before anything is applied, when of all configurations the one that was applied last is known. */
    void watch(RaftServer.Division opened) {
        note(Configurations.of(opened.getRaftConf()));
        division = opened;
    }

    /** A configuration is committed. On the apply thread, in journal order. */
    void committed(GroupConfiguration configuration) {
        consumer.membersChanged(configuration);
        RaftServer.Division current = division;
        if (current == null) {
            return;
        }
        GroupConfiguration newest = Configurations.of(current.getRaftConf());
        note(newest);
        note(configuration);
        pause.review();
        if (configuration.stable()) {
            appenders.sayFarewell(configuration);
            if (named && !names(configuration) && !names(newest)) {
                removed(current, "configuration at index " + configuration.index() + " does not name it");
            } else if (voted && isObserver(configuration) && isObserver(newest)) {
                demoted(current, configuration);
            }
        }
    }

    private void note(GroupConfiguration configuration) {
        GroupMember member = configuration.withId(self);
        named |= names(configuration);
        voted |= member != null && member.voter();
    }

    private boolean names(GroupConfiguration configuration) {
        return configuration.withId(self) != null
                || configuration.leaving().stream()
                        .anyMatch(member -> member.id().equals(self));
    }

    private boolean isObserver(GroupConfiguration configuration) {
        GroupMember member = configuration.withId(self);
        return configuration.stable() && member != null && !member.voter();
    }

    /** A leader goes on until Ratis ends it, so that the others learn that it is committed. */
    private void removed(RaftServer.Division current, String why) {
        if (current.getInfo().isLeader()) {
            removal = why;
            if (current.getInfo().isLeader()) {
                return; // leadershipEnded or closed come after this.
            }
        }
        life.removed(why);
    }

    private void demoted(RaftServer.Division current, GroupConfiguration configuration) {
        if (!restartAsked && current.getInfo().getCurrentRole() != RaftPeerRole.LISTENER) {
            restartAsked = true;
            consumer.restartNeeded("configuration at index " + configuration.index() + " took its vote");
        }
    }

    /** This member led and does not any more. */
    void leadershipEnded() {
        String why = removal;
        if (why != null) {
            life.removed(why);
        }
    }

    /** Ratis has closed this member by itself. */
    void closed() {
        String why = removal;
        if (why != null) {
            life.removed(why);
        } else {
            life.fail("journal closed by itself", null);
        }
    }
}
