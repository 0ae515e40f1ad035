package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.LogPosition;
import io.metastore.raft.internal.ratis.JournalBegin.Discard;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FactText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalBeginFileTest {
    private static final JournalBegin CUT =
            new JournalBegin(List.of(new LogPosition(3, 120), new LogPosition(3, 240)), Discard.NOTHING);

    @Test
    void whatIsWrittenIsReadByTheNext(@TempDir Path directory) throws Exception {
        assertThat(open(directory).read()).isEqualTo(JournalBegin.UNCUT);
        LogPosition image = new LogPosition(4, 300);
        for (JournalBegin begin : List.of(
                CUT,
                JournalBegin.discarding(image, Discard.OLDER),
                JournalBegin.discarding(image, Discard.ALL),
                JournalBegin.behind(image),
                JournalBegin.UNCUT)) {
            open(directory).write(begin);
            assertThat(open(directory).read()).isEqualTo(begin);
        }
    }

    @Test
    void itsBytesAreThoseOfItsPage(@TempDir Path directory) throws Exception {
        open(directory).write(CUT);
        assertThat(Files.readString(directory.resolve("begin")))
                .startsWith("format=metastore-journal-begin/1\nbefore=3:120,3:240\ndiscard=nothing\nchecksum=");
        assertThat(open(directory).before(120)).isEqualTo(new LogPosition(3, 120));
        assertThat(open(directory).before(121)).isNull();
    }

    @Test
    void everyDamagedByteIsNoticed(@TempDir Path directory) throws Exception {
        open(directory).write(CUT);
        byte[] sound = Files.readAllBytes(directory.resolve("begin"));
        for (int i = 0; i < sound.length; i++) {
            byte[] damaged = sound.clone();
            damaged[i] ^= 0x04;
            Files.write(directory.resolve("begin"), damaged);
            assertThatThrownBy(() -> open(directory).read()).isInstanceOf(CorruptStateException.class);
        }
    }

    @Test
    void contentWithoutSenseAndNewerVersionsAreRefused(@TempDir Path directory) throws Exception {
        for (FactText text : List.of(
                new FactText("metastore-journal-begin", 1)
                        .with("before", "3:120,2:1")
                        .with("discard", "nothing"),
                new FactText("metastore-journal-begin", 1).with("before", "3").with("discard", "nothing"),
                new FactText("metastore-journal-begin", 1)
                        .with("before", "none")
                        .with("discard", "older"),
                new FactText("metastore-journal-begin", 1)
                        .with("before", "none")
                        .with("discard", "some"))) {
            Files.write(directory.resolve("begin"), text.bytes());
            assertThatThrownBy(() -> open(directory).read())
                    .as(new String(text.bytes(), StandardCharsets.US_ASCII))
                    .isInstanceOf(CorruptStateException.class);
        }
        Files.write(directory.resolve("begin"), new FactText("metastore-journal-begin", 2).bytes());
        assertThatThrownBy(() -> open(directory).read())
                .isInstanceOf(DirectoryMismatchException.class)
                .hasMessageContaining("2");
    }

    private static JournalBeginFile open(Path directory) {
        return new JournalBeginFile(new DiskFileLayer(), directory);
    }
}
