package io.metastore.raft.internal.transfer;

import io.metastore.raft.internal.images.LongWork;

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
        LongWork progress) {}
