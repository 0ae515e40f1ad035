package io.metastore.recovery.survey;

/**
 * The elections that a member took part in.
 *
 * @param term the highest it has seen; -1 when that is not known
 * @param votedFor whom it voted for in that term, an id in the group; empty for nobody
 */
public record VoteFacts(long term, String votedFor) {

    /** Where nothing is known. */
    public static final VoteFacts UNKNOWN = new VoteFacts(-1, "");
}
