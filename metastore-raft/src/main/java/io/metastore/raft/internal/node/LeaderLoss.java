package io.metastore.raft.internal.node;

/**
 * What a follower has seen of its leader's end, counted in looks at equal intervals. Counting looks instead of reading a clock means that a pause of
 * this member itself, however long, is one look and no evidence.
 *
 * <p>Certain after {@value #REFUSALS} looks in a row at which the leader's address refused the question, or the leader said that it does not
 * lead; one sign of life in between and it begins anew. Slowness is no refusal: a question that is not answered counts as silence only, and
 * silence is certain after the longest election timeout, when Raft itself would hold an election.
 */
final class LeaderLoss {

    /** The first and the last of three are two intervals apart, so that a listener that is renewed in between is not taken for dead. */
    static final int REFUSALS = 3;

    private final int silentLooksMax;
    private int refusals;
    private int silentLooks;
    private boolean refusedSinceLook;

    /** @param silentLooksMax looks in a row without any sign of life after which silence alone is certain */
    LeaderLoss(int silentLooksMax) {
        this.silentLooksMax = silentLooksMax;
    }

    /** One look; to be called before what it finds out is told. */
    void look() {
        silentLooks++;
        refusedSinceLook = false;
    }

    /** A sign of life: a message of the leader arrived, or it answered that it leads. */
    void alive() {
        silentLooks = 0;
        refusals = 0;
    }

    /** A sign of death. More than one between two looks are one. */
    void refused() {
        if (!refusedSinceLook) {
            refusedSinceLook = true;
            refusals++;
        }
    }

    /** Whether this member would vote for another leader. */
    boolean isCertain() {
        return refusals >= REFUSALS || silentLooks >= silentLooksMax;
    }
}
