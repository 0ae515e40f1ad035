package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MemberAddress;
import io.metastore.api.MetastoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a real disk: whatever is refused is left as it was, byte for byte, and says what was asked and what was found. */
class MemberDirectoryRefusalTest {

    private Path temporary;
    private Path path;

    @BeforeEach
    void choosePath(@TempDir Path directory) {
        temporary = directory;
        path = temporary.resolve("meta");
    }

    @Test
    void refusesAnotherCluster() {
        Samples.initialise(path);
        UUID other = UUID.randomUUID();
        refused(Samples.EXPECTATION.ofCluster(other), DirectoryMismatchException.class, other, Samples.CLUSTER);
    }

    @Test
    void refusesAnotherToken() {
        Samples.initialise(path);
        Expectation withoutToken = Expectation.member(Samples.SELF, ClusterIds.NO_TOKEN);
        refused(withoutToken, DirectoryMismatchException.class, "asked=none", Samples.TOKEN.substring(0, 12));
    }

    @Test
    void refusesAnotherMember() {
        Samples.initialise(path);
        Expectation other = Expectation.member(MemberAddress.voter("fe2", "10.0.0.2:9010"), Samples.TOKEN);
        refused(other, DirectoryMismatchException.class, "asked=fe2", "found=fe1");
    }

    @Test
    void refusesAnotherRole() {
        Samples.initialise(path);
        Expectation other = Expectation.member(MemberAddress.observer("fe1", "10.0.0.1:9010"), Samples.TOKEN);
        refused(other, DirectoryMismatchException.class, "asked=observer", "found=voter");
    }

    @Test
    void refusesASingleMemberWhereThereIsOneOfACluster() {
        Samples.initialise(path);
        Expectation single = new Expectation(null, null, Samples.TOKEN);
        refused(single, DirectoryMismatchException.class, "asked=single", "found=member fe1 of a cluster");
    }

    /** It was being made one of a cluster with that token. */
    @Test
    void refusesASingleMemberThatHasTakenAnotherToken() {
        try (MemberDirectory directory = MemberDirectory.open(Samples.DISK, path, Expectation.single())) {
            Identity single = Identity.single(Samples.CREATED);
            directory.initialize(single, Membership.alone(single));
        }
        Expectation named = Expectation.member(Samples.SELF, Samples.TOKEN);
        try (MemberDirectory directory = MemberDirectory.open(Samples.DISK, path, named)) {
            assertThat(directory.isToBecomeMember()).isTrue();
            directory.adoptToken();
        }
        refused(Expectation.single(), DirectoryMismatchException.class, "token");
        refused(Expectation.member(Samples.SELF, ClusterIds.NO_TOKEN), DirectoryMismatchException.class, "token");
        try (MemberDirectory directory = MemberDirectory.open(Samples.DISK, path, named)) {
            assertThat(directory.isToBecomeMember()).isTrue();
        }
    }

    @Test
    void refusesAnotherMemberInACopyWithoutALockFile() throws IOException {
        Samples.initialise(path);
        Files.delete(path.resolve("LOCK"));
        Expectation other = Expectation.member(MemberAddress.voter("fe2", "10.0.0.2:9010"), Samples.TOKEN);
        refused(other, DirectoryMismatchException.class, "asked=fe2");
        assertThat(path.resolve("LOCK")).doesNotExist();
    }

    @Test
    void acceptsAnotherAddressOfTheSameMember() {
        Samples.initialise(path);
        Expectation moved = Expectation.member(MemberAddress.voter("fe1", "10.9.9.9:1"), Samples.TOKEN);
        try (MemberDirectory directory = MemberDirectory.open(Samples.DISK, path, moved)) {
            assertThat(directory.addressDiffers()).isTrue();
            assertThat(directory.identity().address()).isEqualTo("10.0.0.1:9010");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"VERSION", "ROLE"})
    void refusesHalfAnIdentity(String missing) throws IOException {
        Samples.initialise(path);
        Files.delete(path.resolve(missing));
        refused(Samples.EXPECTATION, CorruptStateException.class, "missing=" + missing, "put back");
    }

    @Test
    void refusesStoresWithoutAnIdentity() throws IOException {
        Samples.initialise(path);
        Files.delete(path.resolve("VERSION"));
        Files.delete(path.resolve("ROLE"));
        refused(Samples.EXPECTATION, CorruptStateException.class, "VERSION, ROLE", "stores has content");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stores/main/CURRENT", "stores/main/epoch-000001/membership"})
    void refusesAnIncompleteStore(String missing) throws IOException {
        Samples.initialiseAndForm(path);
        Files.delete(path.resolve(missing));
        refused(Samples.EXPECTATION, CorruptStateException.class, missing);
    }

    /** Sound, and another directory's: then nobody knows which of the other files are this one's. */
    @Test
    void refusesAcknowledgementsOfAnotherClusterOrEpoch() throws IOException {
        Samples.initialiseAndForm(path);
        Path file = path.resolve("stores/main/epoch-000001/acknowledged");
        UUID other = UUID.fromString("00000000-0000-4000-8000-000000000009");
        Files.write(file, IdentityFiles.acknowledged(other, 1, Acknowledgements.NONE));
        refused(Samples.EXPECTATION, DirectoryMismatchException.class, file.toRealPath(), other, Samples.CLUSTER);
        Files.write(file, IdentityFiles.acknowledged(Samples.CLUSTER, 2, Acknowledgements.NONE));
        refused(Samples.EXPECTATION, DirectoryMismatchException.class, "epoch=1", "epoch=2");
    }

    /** Whether an older build may open the directory is what VERSION says; of these it merely knows nothing. */
    @Test
    void acknowledgementsOfANewerVersionCountAsNone() throws IOException {
        Samples.initialiseAndForm(path);
        byte[] known = IdentityFiles.acknowledged(Samples.CLUSTER, 1, Acknowledgements.NONE);
        Files.write(
                path.resolve("stores/main/epoch-000001/acknowledged"),
                resealed(known, "metastore-acknowledged/1", "metastore-acknowledged/2"));
        try (MemberDirectory directory = Samples.open(path)) {
            assertThat(directory.acknowledged().damage()).contains("foundFormat=2");
            directory.updateAcknowledged(Acknowledgements.NONE);
            assertThat(directory.acknowledged()).isEqualTo(Acknowledgements.NONE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stores", "stores/main", "stores/main/epoch-000001", "stores/main/epoch-000001/journal"})
    void refusesALostMount(String lost) throws IOException {
        Samples.initialiseAndForm(path);
        deleteTree(path.resolve(lost));
        refused(Samples.EXPECTATION, DirectoryMismatchException.class, "its data is gone", "mount");
        Files.createDirectory(path.resolve(lost)); // The mount point is there, the disk is not.
        refused(Samples.EXPECTATION, DirectoryMismatchException.class, "its data is gone", "mount");
        Files.createDirectory(path.resolve(lost).resolve("lost+found")); // The wrong disk is mounted.
        refused(Samples.EXPECTATION, DirectoryMismatchException.class, "its data is gone", "mount");
    }

    @Test
    void refusesAnEmptiedJournal() throws IOException {
        Path entries = Samples.initialiseAndForm(path);
        Files.delete(entries.resolve("raft-meta"));
        refused(Samples.EXPECTATION, DirectoryMismatchException.class, entries.toRealPath(), "recover");
        Files.delete(entries);
        refused(Samples.EXPECTATION, DirectoryMismatchException.class, "its data is gone", "recover");
    }

    @Test
    void opensWithoutAJournalAsLongAsTheClusterHasNotFormed() {
        Identity identity = Samples.initialise(path);
        try (MemberDirectory directory = Samples.open(path)) {
            assertThat(directory.identity()).isEqualTo(identity);
        }
    }

    @Test
    void refusesFilesOfOthers() throws IOException {
        Files.createDirectory(path);
        for (int i = 0; i < 8; i++) {
            Files.writeString(path.resolve("photo" + i + ".jpg"), "x");
        }
        refused(Samples.EXPECTATION, DirectoryMismatchException.class, "8 files", "photo0.jpg");
        assertThat(path.resolve("LOCK")).doesNotExist();
    }

    @Test
    void refusesAMarkerOfAnUnfinishedInitialisationBesideData() throws IOException {
        Samples.initialiseAndForm(path);
        Files.write(path.resolve("INITIALIZING"), IdentityFiles.initializing(Samples.identity(), 1, false));
        refused(Samples.EXPECTATION, CorruptStateException.class, "INITIALIZING", "journal");
    }

    @Test
    void refusesFilesOfAnotherCluster() throws IOException {
        Identity other = Identity.member(UUID.randomUUID(), Samples.TOKEN, Samples.CREATED, Samples.SELF);
        Samples.initialise(path);
        Files.write(path.resolve("ROLE"), IdentityFiles.role(other));
        refused(Samples.EXPECTATION, CorruptStateException.class, other.clusterId(), Samples.CLUSTER);
    }

    @Test
    void refusesTheMembershipOfAnotherEpoch() throws IOException {
        Identity identity = Samples.initialise(path);
        Membership third = new Membership(3, true, 5, Membership.alone(identity).members());
        Files.write(
                path.resolve("stores/main/epoch-000001/membership"), IdentityFiles.membership(Samples.CLUSTER, third));
        refused(Samples.EXPECTATION, CorruptStateException.class, "epoch=1", "epoch=3");
    }

    @Test
    void refusesNewerFormatsNamingBoth() throws IOException {
        Samples.initialise(path);
        for (String file : new String[] {"VERSION", "ROLE", "stores/main/CURRENT"}) {
            byte[] sound = Files.readAllBytes(path.resolve(file));
            Files.write(path.resolve(file), resealed(sound, "/1\n", "/7\n"));
            refused(
                    Samples.EXPECTATION,
                    DirectoryMismatchException.class,
                    file,
                    "foundFormat=7",
                    "newestKnownFormat=1");
            Files.write(path.resolve(file), sound);
        }
        byte[] sound = Files.readAllBytes(path.resolve("VERSION"));
        Files.write(path.resolve("VERSION"), resealed(sound, "level=1", "level=2"));
        refused(Samples.EXPECTATION, DirectoryMismatchException.class, "foundFormat=2", "newestKnownFormat=1");
    }

    @Test
    void refusesAFileInPlaceOfADirectory() throws IOException {
        Files.writeString(path, "not a directory");
        assertThatThrownBy(() -> Samples.open(path))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("stands where a directory is needed");
        assertThatThrownBy(() -> Samples.open(path.resolve("below")))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("stands where a directory is needed");
        assertThat(path).hasContent("not a directory");
    }

    @Test
    void refusesADanglingLink() throws IOException {
        Files.createSymbolicLink(path, temporary.resolve("unplugged"));
        assertThatThrownBy(() -> Samples.open(path))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("dangling link");
        assertThat(temporary.resolve("unplugged")).doesNotExist();
    }

    private void refused(Expectation expectation, Class<? extends MetastoreException> type, Object... named) {
        DirectoryPhoto before = DirectoryPhoto.of(path);
        assertThatThrownBy(() -> MemberDirectory.open(Samples.DISK, path, expectation))
                .isInstanceOf(type)
                .message()
                .contains(Stream.of(named).map(Object::toString).toList())
                .contains("nothing was changed");
        assertThat(DirectoryPhoto.of(path)).isEqualTo(before);
    }

    /** Replaces text and makes the checksum right again. */
    private static byte[] resealed(byte[] bytes, String from, String to) {
        String text = new String(bytes, StandardCharsets.US_ASCII);
        String body = text.substring(0, text.length() - FactText.CHECKSUM_LINE_BYTES);
        assertThat(body).contains(from);
        String changed = body.replace(from, to);
        return (changed + FactText.checksumLine(changed.getBytes(StandardCharsets.US_ASCII)))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void deleteTree(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
