package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.nio.file.ExtendedOpenOption;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a file layer promises, on the real disk, in memory, and on the disk on which something may go wrong. */
class FileOperationsTest {

    private Path directory;

    @TempDir
    Path temporary;

    enum Layers {
        DISK,
        MEMORY,
        FAULTY
    }

    private FileLayer layer(Layers which) throws IOException {
        directory = temporary.toRealPath();
        FileLayer layer =
                switch (which) {
                    case DISK -> new DiskFileLayer();
                    case MEMORY -> new MemoryFileLayer();
                    case FAULTY -> new FaultyDisk(directory);
                };
        if (which == Layers.MEMORY) {
            layer.createDirectories(directory);
        }
        return layer;
    }

    private Path in(String name) {
        return directory.resolve(name);
    }

    @ParameterizedTest
    @EnumSource
    void aLinkIsASecondNameOfTheFile(Layers which) throws IOException {
        FileLayer layer = layer(which);
        layer.writeNew(in("one"), new byte[] {1, 2});
        layer.writeNew(in("alike"), new byte[] {1, 2});
        layer.link(in("one"), in("two"));
        assertThat(layer.isSameFile(in("one"), in("two"))).isTrue();
        assertThat(layer.isSameFile(in("one"), in("alike"))).isFalse();
        assertThatThrownBy(() -> layer.link(in("one"), in("alike"))).isInstanceOf(FileAlreadyExistsException.class);
        layer.write(in("two"), 1, new byte[] {7, 8});
        assertThat(layer.read(in("one"))).containsExactly(1, 7, 8);
        layer.delete(in("one"));
        assertThat(layer.read(in("two"))).containsExactly(1, 7, 8);
    }

    @ParameterizedTest
    @EnumSource
    void aFileIsCutShorterUnderAllItsNames(Layers which) throws IOException {
        FileLayer layer = layer(which);
        layer.writeNew(in("one"), new byte[] {1, 2, 3});
        assertThat(layer.names(in("one"))).isEqualTo(1);
        layer.link(in("one"), in("two"));
        assertThat(layer.names(in("one"))).isEqualTo(2);
        layer.shorten(in("two"), 1);
        assertThat(layer.read(in("one"))).containsExactly(1);
        layer.delete(in("one"));
        assertThat(layer.names(in("two"))).isEqualTo(1);
        assertThatThrownBy(() -> layer.names(in("one"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> layer.shorten(in("one"), 0)).isInstanceOf(NoSuchFileException.class);
    }

    @ParameterizedTest
    @EnumSource
    void partsOfAFileAreWrittenAndRead(Layers which) throws IOException {
        FileLayer layer = layer(which);
        layer.write(in("file"), 0, new byte[] {1, 2, 3});
        layer.write(in("file"), 2, new byte[] {9, 4});
        layer.force(in("file"));
        layer.forceDirectory(directory);
        assertThat(layer.size(in("file"))).isEqualTo(4);
        assertThat(layer.read(in("file"), 1, 2)).containsExactly(2, 9);
        assertThat(layer.read(in("file"), 3, 100)).containsExactly(4);
        assertThat(layer.read(in("file"), 4, 1)).isEmpty();
        assertThat(layer.read(in("file"), 400, 1)).isEmpty();
        assertThatThrownBy(() -> layer.write(in("file"), 5, new byte[1])).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> layer.read(in("missing"), 0, 1)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> layer.force(in("missing"))).isInstanceOf(NoSuchFileException.class);
        assertThat(layer.usableSpace(directory)).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void whatTheDiskTakesAtOnceIsWrittenLikeAnythingElse(Layers which) throws IOException {
        // given: a file in pieces, of which the last two are no multiples
        FileLayer layer = layer(which);
        byte[] bytes = new byte[3 * FileLayer.THROUGH_BYTES + 170];
        new Random(7).nextBytes(bytes);
        int[] ends = {FileLayer.THROUGH_BYTES, 3 * FileLayer.THROUGH_BYTES, bytes.length - 100, bytes.length};
        // when
        int at = 0;
        for (int end : ends) {
            boolean taken = layer.writeThrough(in("file"), at, Arrays.copyOfRange(bytes, at, end));
            assertThat(taken)
                    .as("from %d to %d", at, end)
                    .isEqualTo(which == Layers.DISK && end < ends[2] && canWriteThrough());
            at = end;
        }
        layer.force(in("file"));
        // then
        assertThat(layer.read(in("file"))).isEqualTo(bytes);
        layer.writeThrough(in("file"), 0, new byte[FileLayer.THROUGH_BYTES]);
        assertThat(layer.read(in("file"), FileLayer.THROUGH_BYTES - 1, 2))
                .containsExactly(0, bytes[FileLayer.THROUGH_BYTES]);
        assertThatThrownBy(() ->
                        layer.writeThrough(in("file"), 5 * FileLayer.THROUGH_BYTES, new byte[FileLayer.THROUGH_BYTES]))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> layer.writeThrough(in("no").resolve("file"), 0, new byte[FileLayer.THROUGH_BYTES]))
                .isInstanceOf(NoSuchFileException.class);
    }

    private boolean canWriteThrough() {
        try (FileChannel channel = FileChannel.open(
                in("probe"), StandardOpenOption.CREATE, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
            return channel.isOpen();
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCopyIsAFileOfItsOwn(Layers which) throws IOException {
        FileLayer layer = layer(which);
        byte[] bytes = new byte[2 * FileLayer.COPY_BYTES + 17];
        new Random(7).nextBytes(bytes);
        layer.writeNew(in("large"), bytes);
        layer.writeNew(in("empty"), new byte[0]);
        layer.copy(in("large"), in("copy"));
        layer.copy(in("empty"), in("empty copy"));
        assertThat(Arrays.equals(layer.read(in("copy")), bytes)).isTrue();
        assertThat(layer.size(in("empty copy"))).isZero();
        assertThat(layer.isSameFile(in("large"), in("copy"))).isFalse();
        assertThatThrownBy(() -> layer.copy(in("empty"), in("copy"))).isInstanceOf(FileAlreadyExistsException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aDirectoryIsRenamedOnlyToANameThatIsFree(Layers which) throws IOException {
        FileLayer layer = layer(which);
        layer.createDirectory(in("from"));
        layer.writeNew(in("from").resolve("file"), new byte[] {1});
        layer.createDirectory(in("empty"));
        layer.writeNew(in("plain"), new byte[0]);
        assertThatThrownBy(() -> layer.rename(in("from"), in("empty"))).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> layer.rename(in("from"), in("plain"))).isInstanceOf(FileAlreadyExistsException.class);
        layer.rename(in("from"), in("to"));
        assertThat(layer.kind(in("from"))).isEqualTo(Kind.ABSENT);
        assertThat(layer.read(in("to").resolve("file"))).containsExactly(1);
    }

    @ParameterizedTest
    @EnumSource
    void aTreeIsDeletedAsAWhole(Layers which) throws IOException {
        FileLayer layer = layer(which);
        layer.createDirectories(in("tree/a/b"));
        layer.writeNew(in("tree/a/b/file"), new byte[] {1});
        layer.writeNew(in("tree/file"), new byte[] {1});
        layer.deleteTree(in("tree"));
        assertThat(layer.kindOfName(in("tree"))).isEqualTo(Kind.ABSENT);
        layer.deleteTree(in("tree"));
    }

    /** Whoever lays a link into a directory that we delete must not lose what it leads to. */
    @Test
    void linksInATreeAreDeletedAndNotFollowed() throws IOException {
        FileLayer layer = layer(Layers.DISK);
        Path outside = Files.createDirectory(in("outside"));
        Files.writeString(outside.resolve("kept"), "kept");
        Path tree = Files.createDirectory(in("tree"));
        Files.createSymbolicLink(tree.resolve("directory"), outside);
        Files.createSymbolicLink(tree.resolve("file"), outside.resolve("kept"));
        Files.createSymbolicLink(tree.resolve("dangling"), in("nowhere"));
        Path link = Files.createSymbolicLink(in("link"), outside);
        assertThat(layer.kind(link)).isEqualTo(Kind.DIRECTORY);
        assertThat(layer.kindOfName(link)).isEqualTo(Kind.LINK);
        assertThat(layer.kindOfName(tree.resolve("dangling"))).isEqualTo(Kind.LINK);
        layer.deleteTree(tree);
        layer.deleteTree(link);
        assertThat(tree).doesNotExist();
        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(outside.resolve("kept")).hasContent("kept");
    }
}
