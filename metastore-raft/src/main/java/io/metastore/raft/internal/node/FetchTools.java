package io.metastore.raft.internal.node;

/**
 * What the parts of one fetch share.
 *
 * @param self name of the member that receives
 */
record FetchTools(
        String self,
        ImageCalls calls,
        FetchSettings settings,
        TokenBucket throttle,
        ChunkLength chunkLength,
        WaitingClock clock,
        TransferProgress progress) {}
