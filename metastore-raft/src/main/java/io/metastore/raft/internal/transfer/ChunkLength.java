package io.metastore.raft.internal.transfer;

/**
 * How large the pieces are that are asked for. On a network that carries a piece in no shorter time than a call may take, smaller ones still come through; so a
 * silence halves them, and a while without one doubles them again. Used by one thread.
 */
final class ChunkLength {

    private static final int GROW_AFTER = 8;

    private final int max;
    private int now;
    private int untroubled;

    ChunkLength(int max) {
        this.max = max;
        this.now = max;
    }

    int bytes() {
        return now;
    }

    void came() {
        if (++untroubled >= GROW_AFTER) {
            now = Math.min(2 * now, max);
            untroubled = 0;
        }
    }

    void silence() {
        now = Math.max(FetchSettings.CHUNK_BYTES_MIN, now / 2);
        untroubled = 0;
    }
}
