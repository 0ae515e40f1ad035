package io.metastore.raft.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.snapshot.files.FileLayer;
import org.junit.jupiter.api.Test;

class ImageChunkLengthTest {

    @Test
    void halvesWithEachSilenceAndDoublesAfterAWhileWithout() {
        ChunkLength length = new ChunkLength(256 << 10);
        for (int i = 0; i < 3; i++) {
            length.silence();
        }
        assertThat(length.bytes()).isEqualTo(32 << 10);
        for (int i = 0; i < 7; i++) {
            length.came();
        }
        assertThat(length.bytes()).isEqualTo(32 << 10);
        length.came();
        assertThat(length.bytes()).isEqualTo(64 << 10);
        for (int i = 0; i < 20; i++) {
            length.silence();
        }
        assertThat(length.bytes()).isEqualTo(FetchSettings.CHUNK_BYTES_MIN);
        for (int i = 0; i < 200; i++) {
            length.came();
        }
        assertThat(length.bytes()).isEqualTo(256 << 10);
    }

    @Test
    void atARateIsATenthOfASecondAtMostOfWhatTheDiskTakesAtOnce() {
        for (long rate : new long[] {FetchSettings.CHUNK_BYTES_MIN, 50_000, 100_000, 1 << 20, 10_000_000, 1L << 40}) {
            int bytes = FetchSettings.defaults().bytesPerSecond(rate).chunkBytesAtRate();
            assertThat(bytes % FileLayer.THROUGH_BYTES).as("rate %d", rate).isZero();
            assertThat(bytes).as("rate %d", rate).isLessThanOrEqualTo((int)
                    Math.max(FetchSettings.CHUNK_BYTES_MIN, Math.min(256 << 10, rate / 10)));
        }
    }
}
