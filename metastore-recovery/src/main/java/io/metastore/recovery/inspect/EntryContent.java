package io.metastore.recovery.inspect;

import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.recovery.journal.LoggedMembership.Peer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** What an entry of the journal says. */
public sealed interface EntryContent {

    /**
     * Transactions that one proposer put together.
     *
     * @param leaderTime clock of the leader that put the entry into the journal; may be before that of an earlier entry, after another leader
     * @param commitIndex what that leader knew to be committed: everything up to it is, in every journal that holds this entry; -1 says nothing
     * @param session the proposer, another one each time a store is opened
     * @param sequence counts the session's batches from 1. The same batch may be there twice, after a leader was lost; only the first counts
     */
    record Batch(
            Instant leaderTime, long commitIndex, UUID session, long sequence, List<InspectedTransaction> transactions)
            implements EntryContent {
        public Batch {
            transactions = List.copyOf(transactions);
        }

        /** Whether it is the first of its session. */
        public boolean opensSession() {
            return sequence == 1;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("batch time=" + leaderTime + " session=" + session + " sequence="
                    + sequence + (opensSession() ? " (opens the session)" : "")
                    + (commitIndex < 0 ? "" : " committed<=" + commitIndex) + " transactions=" + transactions.size());
            for (int i = 0; i < transactions.size(); i++) {
                text.append("\n  ").append(i).append(": ").append(transactions.get(i));
            }
            return text.toString();
        }
    }

    /** The members of the group from here on, or once more at the start of a term. */
    record Membership(LoggedMembership membership) implements EntryContent {
        @Override
        public String toString() {
            String before = membership.oldVoters().isEmpty()
                    ? ""
                    : " instead of voters=" + peers(membership.oldVoters()) + observers(membership.oldObservers());
            return "membership voters=" + peers(membership.voters()) + observers(membership.observers()) + before;
        }

        private static String observers(List<Peer> observers) {
            return observers.isEmpty() ? "" : " observers=" + peers(observers);
        }

        private static String peers(List<Peer> peers) {
            return peers.stream().map(Membership::peer).collect(Collectors.joining(", ", "[", "]"));
        }

        /** The id is name and incarnation. */
        private static String peer(Peer peer) {
            int separator = peer.id().lastIndexOf('@');
            String who = separator < 0
                    ? peer.id()
                    : peer.id().substring(0, separator) + " incarnation="
                            + peer.id().substring(separator + 1);
            return who + (peer.address().isEmpty() ? "" : " address=" + peer.address());
        }
    }

    /** A note of how far the journal was committed. */
    record CommitHint(long index) implements EntryContent {
        @Override
        public String toString() {
            return "commit hint: committed<=" + index;
        }
    }

    /** Nothing. */
    record Empty() implements EntryContent {
        @Override
        public String toString() {
            return "empty";
        }
    }

    /**
     * Bytes that this build does not understand, although they are those that were written: by a newer build, or by something else. A member stops there.
     *
     * @param reason what was expected and found
     * @param bytes how many
     */
    record Undecodable(String reason, int bytes) implements EntryContent {
        @Override
        public String toString() {
            return "not decodable: " + reason + " bytes=" + bytes;
        }
    }
}
