package io.metastore.raft.internal.node;

import io.metastore.api.LogPosition;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Whether a voter that lost its leader may stand for election early, and after whom. A function of what the voters said.
 *
 * <p>It may when a majority of all voters, itself included, is certain that the leader of this term is gone and nobody has seen a later term. So a
 * follower that only lost its own link changes nothing. Of those that agree the one with the longest journal goes first, as it can win; among
 * equals the first by name, so that two do not stand at once and split the votes.
 */
final class Succession {

    private Succession() {}

    /**
     * This member's place in the order.
     *
     * @param self this member's name
     * @param last the last entry of its journal
     * @param term the term of the leader that is gone
     * @param majority how many voters are more than half of them
     * @param others what other voters said, by name; those that did not answer are missing
     * @return how many go before this member; empty when nobody may stand
     */
    static OptionalInt place(
            String self, LogPosition last, long term, int majority, Map<String, LeaderOpinion> others) {
        int agreeing = 1;
        int before = 0;
        for (Map.Entry<String, LeaderOpinion> other : others.entrySet()) {
            LeaderOpinion opinion = other.getValue();
            if (opinion.term() > term) {
                return OptionalInt.empty(); // An election is under way or over.
            }
            if (opinion.gone() && opinion.term() == term) {
                agreeing++;
                int fresher = opinion.last().compareTo(last);
                before += fresher > 0 || (fresher == 0 && other.getKey().compareTo(self) < 0) ? 1 : 0;
            }
        }
        return agreeing >= majority ? OptionalInt.of(before) : OptionalInt.empty();
    }
}
