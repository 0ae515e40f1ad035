package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.snapshot.files.Acknowledgements.Mark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every bit of every identity file is wrong in turn, and the file ends at every length. Nothing is ever taken for sound, nothing is touched. */
class IdentityFileDamageTest {

    private Path path;

    @BeforeEach
    void initialise(@TempDir Path temporary) throws IOException {
        path = temporary.resolve("meta");
        Samples.initialiseAndForm(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"VERSION", "ROLE", "stores/main/CURRENT", "stores/main/epoch-000001/membership"})
    void everyFlippedBitIsFound(String name) throws IOException {
        byte[] sound = Files.readAllBytes(path.resolve(name));
        DirectoryPhoto before = DirectoryPhoto.of(path);
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(name, damaged);
        }
        assertNothingElseTouched(name, before);
        assertThat(sound.length).as("bytes visited").isGreaterThan(60);
        assertOpensWith(name, sound);
    }

    @ParameterizedTest
    @ValueSource(strings = {"VERSION", "ROLE", "stores/main/CURRENT", "stores/main/epoch-000001/membership"})
    void everyOtherLengthIsFound(String name) throws IOException {
        byte[] sound = Files.readAllBytes(path.resolve(name));
        DirectoryPhoto before = DirectoryPhoto.of(path);
        for (int length = 0; length < sound.length; length++) {
            assertRefused(name, Arrays.copyOf(sound, length));
            byte[] zeroed = Arrays.copyOf(Arrays.copyOf(sound, length), sound.length);
            assertRefused(name, zeroed);
        }
        assertRefused(name, Arrays.copyOf(sound, sound.length + 1));
        byte[] twice = Arrays.copyOf(sound, sound.length * 2);
        System.arraycopy(sound, 0, twice, sound.length, sound.length);
        assertRefused(name, twice);
        assertNothingElseTouched(name, before);
        assertOpensWith(name, sound);
    }

    /** Other than all the others it stops nobody: what it says is left out, and it is as it was. */
    @Test
    void acknowledgementsCountAsNoneWithAnyBitOrLengthWrong() throws IOException {
        List<Mark> marks = List.of(
                new Mark("fe1@" + Samples.CLUSTER, 7, 1234, 1230), new Mark("fe2@" + Samples.CLUSTER, 6, 1230, -1));
        try (MemberDirectory directory = Samples.open(path)) {
            directory.updateAcknowledged(Acknowledgements.of(marks));
        }
        Path file = path.resolve("stores/main/epoch-000001/acknowledged");
        byte[] sound = Files.readAllBytes(file);
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertNotUnderstood(file, damaged);
        }
        for (int length = 0; length < sound.length; length++) {
            assertNotUnderstood(file, Arrays.copyOf(sound, length));
        }
        assertThat(sound.length).as("bytes visited").isGreaterThan(200);
        assertCountsAsNone(file, new byte[0]);
        assertCountsAsNone(file, Arrays.copyOf(sound, sound.length / 2));
        Files.write(file, sound);
        try (MemberDirectory directory = Samples.open(path)) {
            assertThat(directory.acknowledged()).isEqualTo(Acknowledgements.of(marks));
        }
    }

    private static void assertNotUnderstood(Path file, byte[] damaged) {
        Acknowledgements found = IdentityFiles.readAcknowledged(file, damaged, Samples.CLUSTER, 1);
        assertThat(found.marks()).isEmpty();
        assertThat(found.damage()).contains(file.toString(), "expected: ");
    }

    private void assertCountsAsNone(Path file, byte[] damaged) throws IOException {
        put(file, damaged);
        try (MemberDirectory directory = Samples.open(path)) {
            assertThat(directory.acknowledged().marks()).isEmpty();
            assertThat(directory.acknowledged().damage())
                    .contains(file.toRealPath().toString(), "expected: ");
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
    }

    private void assertRefused(String name, byte[] damaged) throws IOException {
        Path file = path.resolve(name);
        put(file, damaged);
        assertThatThrownBy(() -> Samples.open(path))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContainingAll(file.toRealPath().toString(), "expected: ", "found: ", "nothing was changed");
        assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
    }

    /** In place: files that are emptied first are flushed by some file systems, and this is done thousands of times. */
    private static void put(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes));
            channel.truncate(bytes.length);
        }
    }

    private void assertNothingElseTouched(String name, DirectoryPhoto before) {
        Map<String, String> others = new TreeMap<>(before.entries());
        others.remove(name);
        Map<String, String> found = new TreeMap<>(DirectoryPhoto.of(path).entries());
        found.remove(name);
        assertThat(found).isEqualTo(others);
    }

    private void assertOpensWith(String name, byte[] sound) throws IOException {
        Files.write(path.resolve(name), sound);
        try (MemberDirectory directory = Samples.open(path)) {
            assertThat(directory.membership().formed()).isTrue();
        }
    }
}
