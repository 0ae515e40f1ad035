package io.metastore.recovery.internal.remote;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.MetaStore;
import io.metastore.recovery.internal.remote.FetchAnswer.GoneException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member gives of its directory to whoever fetches its journal. */
class OfferedFilesTest {

    @Test
    void onlyFilesOfTheJournalAreGiven(@TempDir Path far) {
        MetaStore.open(far).close(); // In epoch 1.
        for (String name : List.of(
                "../../membership", "raft-meta", "log_1-2/../raft-meta", "", "image.1/../x", "image.1/.x", "image.1")) {
            byte[] request = FetchRequest.bytes(1, name, 0, 10).encode();
            assertThatThrownBy(() -> OfferedFiles.answer(far, request))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        byte[] otherEpoch =
                OfferedFiles.answer(far, FetchRequest.offer(2, 0, -1).encode());
        assertThatThrownBy(() -> FetchAnswer.content(otherEpoch)).isInstanceOf(GoneException.class);
        byte[] missing =
                OfferedFiles.answer(far, FetchRequest.bytes(1, "log_1-2", 0, 10).encode());
        assertThatThrownBy(() -> FetchAnswer.content(missing)).isInstanceOf(GoneException.class);
        byte[] answer = FetchAnswer.of(7);
        for (int at = 0; at < answer.length; at++) {
            byte[] changed = Arrays.copyOf(answer, answer.length);
            changed[at] ^= 1;
            assertThatThrownBy(() -> FetchAnswer.content(changed)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
