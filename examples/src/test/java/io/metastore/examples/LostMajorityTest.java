package io.metastore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostMajorityTest {

    @Test
    void everyPromiseHoldsFromTheLossToThreeVotersAgain(@TempDir Path directory) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();

        int exit =
                LostMajority.run(new PrintStream(printed, true, StandardCharsets.UTF_8), "--dir", directory.toString());

        String text = printed.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(text).isZero();
        assertThat(text)
                .doesNotContain("FAILED")
                .contains("ok      recover() refuses: LOSS_POSSIBLE")
                .contains("ok      nothing that was acknowledged can be lost")
                .contains("ok      rehearsed: all 200 writes are there")
                .containsPattern("ok {6}fe\\d is refused: SEALED")
                .contains("ok      any one of three may be lost now")
                .contains("ok      fe3 has all 200 writes, and knows how its epoch began")
                .contains("ok      the same store writes in epoch 3")
                .containsPattern("ok {6}[0-9,]+ local reads meanwhile, none failed")
                .containsPattern("ok {6}fe\\d is an OBSERVER")
                .contains("NEXT_LOSS: the loss of one more voter ends writes")
                .contains("ok      the receipt of that write is answered with LOST")
                .contains("ok      a read that waits for it ends with REVISION_LOST")
                .containsPattern("epoch 3 left behind: OTHER_COPY of epoch 3 at fe\\d")
                .contains("ok      the write is there again")
                .contains("ok      its lineage has all three recoveries");
    }
}
