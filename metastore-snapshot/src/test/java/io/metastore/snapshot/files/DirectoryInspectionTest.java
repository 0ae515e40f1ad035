package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryInUseException;
import io.metastore.snapshot.files.DirectoryInspection.Flaw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories are looked at without being opened. */
class DirectoryInspectionTest {
    private static final String MEMBERSHIP = "stores/main/epoch-000001/membership";

    @TempDir
    Path temporary;

    private Path path;
    private Path entries;

    @BeforeEach
    void initialise() throws IOException {
        path = temporary.resolve("meta");
        entries = Samples.initialiseAndForm(path);
    }

    private DirectoryInspection inspect() {
        DirectoryPhoto before = DirectoryPhoto.of(path);
        DirectoryInspection inspection = DirectoryInspection.of(Samples.DISK, path);
        assertThat(DirectoryPhoto.of(path)).isEqualTo(before);
        return inspection;
    }

    @Test
    void tellsWhatAMembersDirectorySays() {
        DirectoryInspection inspection = inspect();
        assertThat(inspection.flaws()).isEmpty();
        assertThat(inspection.clusterId()).contains(Samples.CLUSTER);
        assertThat(inspection.self().orElseThrow().member()).isEqualTo("fe1");
        assertThat(inspection.self().orElseThrow().role()).isEqualTo(MemberRole.VOTER);
        assertThat(inspection.self().orElseThrow().address()).isEqualTo("10.0.0.1:9010");
        assertThat(inspection.epoch()).contains(1L);
        assertThat(inspection.epochs()).containsExactly(1L);
        assertThat(inspection.membership().orElseThrow().formed()).isTrue();
        assertThat(inspection
                        .journalDirectory()
                        .orElseThrow()
                        .resolve(inspection.group().orElseThrow().toString())
                        .resolve("current"))
                .isEqualTo(entries);
    }

    @Test
    void leavesAMemberItsLock() {
        try (MemberDirectory held = Samples.open(path)) {
            DirectoryInspection inspection = DirectoryInspection.of(Samples.DISK, path);
            assertThat(inspection.flaws()).isEmpty();
            assertThat(inspection.self().orElseThrow().incarnation())
                    .isEqualTo(held.identity().incarnation());
            assertThatThrownBy(() -> Samples.open(path)).isInstanceOf(DirectoryInUseException.class);
        }
    }

    /** Each file is gone, empty, cut, or has another bit: only what it alone says is lost, and it is named. */
    @ParameterizedTest
    @ValueSource(strings = {"VERSION", "ROLE", "stores/main/CURRENT", MEMBERSHIP})
    void aDamagedFileIsNamedAndTheOthersAreRead(String name) throws IOException {
        Path file = path.resolve(name);
        byte[] sound = Files.readAllBytes(file);
        for (int length = -1; length < sound.length; length += 19) {
            if (length < 0) {
                Files.delete(file);
            } else {
                Files.write(file, Arrays.copyOf(sound, length));
            }
            check(name, inspect());
        }
        for (int bit = 0; bit < 8 * sound.length; bit += 13) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, damaged);
            check(name, DirectoryInspection.of(Samples.DISK, path));
        }
    }

    private void check(String name, DirectoryInspection found) {
        assertThat(found.flaws()).extracting(Flaw::file).containsExactly(path.resolve(name));
        assertThat(found.flaws().get(0).ofMembership()).isEqualTo(name.equals(MEMBERSHIP));
        assertThat(found.clusterId()).contains(Samples.CLUSTER);
        assertThat(found.self().isPresent()).isEqualTo(!name.equals("ROLE"));
        assertThat(found.epoch()).as("the only one there is").contains(1L);
        assertThat(found.membership().isPresent()).isEqualTo(!name.equals(MEMBERSHIP));
    }

    @Test
    void aFileOfAnotherClusterIsNamed() throws IOException {
        Path other = temporary.resolve("other");
        try (MemberDirectory directory =
                MemberDirectory.open(Samples.DISK, other, Expectation.member(Samples.SELF, Samples.TOKEN))) {
            Identity identity = Identity.member(new UUID(1, 1), Samples.TOKEN, Samples.CREATED, Samples.SELF);
            directory.initialize(identity, Membership.bootstrap(Samples.MEMBERS, identity));
        }
        Files.write(path.resolve("ROLE"), Files.readAllBytes(other.resolve("ROLE")));
        DirectoryInspection inspection = inspect();
        assertThat(inspection.clusterId()).contains(Samples.CLUSTER);
        assertThat(inspection.flaws()).hasSize(1);
        assertThat(inspection.flaws().get(0).what()).contains(new UUID(1, 1).toString(), Samples.CLUSTER.toString());
    }

    @Test
    void withoutCurrentTheLatestEpochIsTaken() throws IOException {
        Files.createDirectories(path.resolve("stores/main/epoch-000003"));
        Files.createDirectories(path.resolve("stores/main/epoch-3"));
        assertThat(inspect().epoch()).contains(1L);
        assertThat(inspect().epochs()).containsExactly(1L, 3L);
        Files.delete(path.resolve("stores/main/CURRENT"));
        assertThat(inspect().epoch()).contains(3L);
    }

    @Test
    void whatIsNoMembersIsSaid() throws IOException {
        DirectoryInspection nowhere = DirectoryInspection.of(Samples.DISK, temporary.resolve("nowhere"));
        assertThat(nowhere.flaws()).hasSize(1);
        assertThat(temporary.resolve("nowhere")).doesNotExist();
        assertThat(nowhere.epochDirectory()).isEmpty();
        assertThat(nowhere.group()).isEmpty();
        Files.writeString(path.resolve("INITIALIZING"), "anything");
        assertThat(inspect().flaws()).hasSize(1).allMatch(flaw -> flaw.what().contains("cut off"));
    }
}
