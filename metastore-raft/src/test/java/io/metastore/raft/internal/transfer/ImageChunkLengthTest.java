package io.metastore.raft.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;

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
}
