package io.metastore.raft.internal.node;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.members.MemberFacts;

/**
 * What a voter answers when it is asked about the leader of a term.
 *
 * @param gone whether it is certain that this leader is gone; the leader itself: whether it does not lead in that term
 * @param term the voter's own term
 * @param last the last entry of the voter's journal
 */
record LeaderOpinion(boolean gone, long term, LogPosition last) {

    /** Which leader is asked about. */
    record Question(String leader, long term) {

        byte[] encode() {
            return MemberFacts.of().with("leader", leader).with("term", term).encode();
        }

        static Question decode(byte[] bytes) {
            MemberFacts facts = MemberFacts.decode(bytes);
            return new Question(facts.text("leader"), facts.number("term"));
        }
    }

    byte[] encode() {
        return MemberFacts.of()
                .with("gone", gone)
                .with("term", term)
                .with("lastTerm", last.term())
                .with("lastIndex", last.index())
                .encode();
    }

    static LeaderOpinion decode(byte[] bytes) {
        MemberFacts facts = MemberFacts.decode(bytes);
        return new LeaderOpinion(
                facts.text("gone").equals("true"),
                facts.number("term"),
                new LogPosition(Math.max(0, facts.number("lastTerm")), facts.number("lastIndex")));
    }
}
