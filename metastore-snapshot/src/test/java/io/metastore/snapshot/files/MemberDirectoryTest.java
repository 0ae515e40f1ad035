package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.MemberAddress;
import io.metastore.api.StoreClosedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemberDirectoryTest {

    private Path path;

    @BeforeEach
    void chooseAPathWithMissingParents(@TempDir Path temporary) {
        path = temporary.resolve("a/b/meta");
    }

    @Test
    void absentDirectoryIsCreatedAndEmpty() throws IOException {
        try (MemberDirectory directory = Samples.open(path)) {
            assertThat(directory.isEmpty()).isTrue();
            assertThatThrownBy(directory::identity).isInstanceOf(IllegalStateException.class);
            assertThat(names(path)).containsExactly("LOCK");
        }
    }

    @Test
    void lostAndFoundAndEmptyStoresCountAsEmpty() throws IOException {
        Files.createDirectories(path.resolve("lost+found"));
        Files.createDirectories(path.resolve("stores/main/lost+found"));
        Files.createDirectories(path.resolve("stores/lost+found"));

        Identity identity = Samples.initialise(path);

        assertThat(observe()).isEqualTo(Observed.of(identity, Membership.bootstrap(Samples.MEMBERS, identity)));
    }

    @Test
    void remembersWhatItWasInitialisedWith() throws IOException {
        Identity identity = Samples.initialise(path);

        try (MemberDirectory directory = Samples.open(path)) {
            Path epoch = path.toRealPath().resolve("stores/main/epoch-000001");
            assertThat(directory.identity()).isEqualTo(identity);
            assertThat(directory.membership()).isEqualTo(Membership.bootstrap(Samples.MEMBERS, identity));
            assertThat(directory.membership().member("fe1").orElseThrow().incarnation())
                    .contains(identity.incarnation());
            assertThat(directory.membership().member("fe2").orElseThrow().incarnation())
                    .isEmpty();
            assertThat(directory.addressDiffers()).isFalse();
            assertThat(directory.root()).isEqualTo(path.toRealPath());
            assertThat(directory.epochDirectory()).isEqualTo(epoch);
            assertThat(directory.journalDirectory()).isEqualTo(epoch.resolve("journal"));
            assertThat(directory.stateDirectory()).isEqualTo(epoch.resolve("state"));
        }
    }

    /** The bytes are a format: when this fails, directories that exist cannot be read. */
    @Test
    void filesAreReadable() throws IOException {
        UUID incarnation = UUID.fromString("00000000-0000-4000-8000-000000000001");
        Identity identity = new Identity(
                Samples.CLUSTER,
                ClusterIds.NO_TOKEN,
                Samples.CREATED,
                "fe1",
                incarnation,
                MemberRole.VOTER,
                MemberRole.OBSERVER,
                "10.0.0.1:9010");

        Membership membership = Membership.bootstrap(Samples.MEMBERS, identity);
        assertThat(text(IdentityFiles.version(identity))).isEqualTo("""
                format=metastore-version/1
                level=1
                cluster=8b8d1a0b-5dec-887d-be49-c3bcac9039f8
                token=none
                created=2026-11-21T02:00:00Z
                checksum=d95adb19
                """);
        assertThat(text(IdentityFiles.role(identity))).isEqualTo("""
                format=metastore-role/1
                cluster=8b8d1a0b-5dec-887d-be49-c3bcac9039f8
                member=fe1
                incarnation=00000000-0000-4000-8000-000000000001
                role=voter
                startedAs=observer
                address=10.0.0.1:9010
                checksum=662298d2
                """);
        assertThat(text(IdentityFiles.current(1))).isEqualTo("""
                format=metastore-current/1
                epoch=epoch-000001
                checksum=6d122fee
                """);
        assertThat(text(IdentityFiles.membership(Samples.CLUSTER, membership))).isEqualTo("""
                format=metastore-membership/1
                cluster=8b8d1a0b-5dec-887d-be49-c3bcac9039f8
                epoch=1
                formed=false
                index=-1
                members=3
                member.1=fe1 10.0.0.1:9010 voter 00000000-0000-4000-8000-000000000001
                member.2=fe2 10.0.0.2:9010 voter unknown
                member.3=fe3 10.0.0.3:9010 observer unknown
                checksum=0b57b2ce
                """);
        Acknowledgements acknowledged = Acknowledgements.of(List.of(
                new Acknowledgements.Mark("fe2@" + incarnation, 3, 99, 90),
                new Acknowledgements.Mark("fe1@" + incarnation, 4, 120, 120)));
        assertThat(text(IdentityFiles.acknowledged(Samples.CLUSTER, 1, acknowledged)))
                .isEqualTo("""
                format=metastore-acknowledged/1
                cluster=8b8d1a0b-5dec-887d-be49-c3bcac9039f8
                epoch=1
                members=2
                member.1=fe1@00000000-0000-4000-8000-000000000001 4 120 120
                member.2=fe2@00000000-0000-4000-8000-000000000001 3 99 90
                checksum=3e2087cd
                """);
    }

    @Test
    void reopeningTwiceChangesNothing() {
        Samples.initialise(path);
        observe();
        DirectoryPhoto before = DirectoryPhoto.of(path);

        observe();
        observe();

        assertThat(DirectoryPhoto.of(path)).isEqualTo(before);
    }

    @Test
    void changesAreThereAfterReopening() throws IOException {
        Identity identity = Samples.initialise(path);
        Membership changed;
        try (MemberDirectory directory = Samples.open(path)) {
            changed = new Membership(
                    1, false, 42, directory.membership().members().subList(0, 2));
            directory.updateMembership(changed);
            directory.updateRole(MemberRole.OBSERVER);
            directory.updateAddress("10.9.9.9:9010");
        }

        Identity moved = identity.withRole(MemberRole.OBSERVER).withAddress("10.9.9.9:9010");
        assertThat(observe()).isEqualTo(Observed.of(moved, changed));
        try (MemberDirectory directory = Samples.open(path)) {
            assertThat(directory.addressDiffers()).isTrue();
        }
    }

    @Test
    void singleMemberBecomesAMemberOfACluster() {
        Identity single = Identity.single(Samples.CREATED);
        Identity named = new Identity(
                single.clusterId(),
                single.tokenDigest(),
                single.created(),
                "fe1",
                single.incarnation(),
                MemberRole.VOTER,
                MemberRole.VOTER,
                "10.0.0.1:9010");
        try (MemberDirectory directory = MemberDirectory.open(Samples.DISK, path, Expectation.single())) {
            directory.initialize(single, Membership.alone(single));
            directory.updateIdentity(named);
            directory.updateMembership(Membership.alone(named));
        }

        Expectation member = Expectation.member(Samples.SELF, ClusterIds.NO_TOKEN);
        assertThat(Observed.open(Samples.DISK, path, member)).isEqualTo(Observed.of(named, Membership.alone(named)));
    }

    @Test
    void settingsThatStillSayObserverAreGoodAfterAPromotion() {
        Expectation asked = Expectation.member(Samples.MEMBERS.get(2), Samples.TOKEN);
        Identity observer = Identity.member(Samples.CLUSTER, Samples.TOKEN, Samples.CREATED, Samples.MEMBERS.get(2));
        try (MemberDirectory directory = MemberDirectory.open(Samples.DISK, path, asked)) {
            directory.initialize(observer, Membership.bootstrap(Samples.MEMBERS, observer));
            directory.updateRole(MemberRole.VOTER);
        }

        assertThat(Observed.open(Samples.DISK, path, asked)
                        .identity()
                        .orElseThrow()
                        .role())
                .isEqualTo(MemberRole.VOTER);
    }

    @Test
    void refusesChangesThatCannotBe() throws IOException {
        Samples.initialiseAndForm(path);
        DirectoryPhoto before = DirectoryPhoto.of(path);
        try (MemberDirectory directory = Samples.open(path)) {
            Membership formed = directory.membership();
            Identity other = Identity.member(UUID.randomUUID(), Samples.TOKEN, Instant.EPOCH, Samples.SELF);
            assertThatThrownBy(() -> directory.updateMembership(new Membership(1, false, 9, formed.members())))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> directory.updateMembership(new Membership(2, true, 9, formed.members())))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> directory.updateIdentity(other)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> directory.initialize(other, formed)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(DirectoryPhoto.of(path)).isEqualTo(before);
    }

    @Test
    void refusesChangesAfterClose() {
        Identity identity = Samples.initialise(path);
        MemberDirectory directory = Samples.open(path);
        directory.close();
        directory.close();

        assertThatThrownBy(() -> directory.updateRole(MemberRole.OBSERVER)).isInstanceOf(StoreClosedException.class);
        assertThat(observe().identity()).contains(identity);
    }

    @Test
    void interruptedThreadsDoNotBreakADirectory() throws Exception {
        Samples.initialise(path);
        Thread.currentThread().interrupt();
        try (MemberDirectory directory = Samples.open(path)) {
            directory.updateRole(MemberRole.OBSERVER);
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(path.resolve("LOCK")).isEmptyFile();
        assertThat(observe().identity().orElseThrow().role()).isEqualTo(MemberRole.OBSERVER);
    }

    @Test
    void twoMembersCannotHaveOneNameOrAddress() {
        Membership.Member one = new Membership.Member("fe1", "h:1", MemberRole.VOTER, Optional.empty());
        Membership.Member sameName = new Membership.Member("fe1", "h:2", MemberRole.VOTER, Optional.empty());
        Membership.Member sameAddress = new Membership.Member("fe2", "h:1", MemberRole.VOTER, Optional.empty());

        assertThatThrownBy(() -> new Membership(1, false, -1, List.of(one, sameName)))
                .hasMessageContaining("fe1");
        assertThatThrownBy(() -> new Membership(1, false, -1, List.of(one, sameAddress)))
                .hasMessageContaining("h:1");
    }

    @Test
    void aClusterThatIsImportedHasAnIdOfItsOwnThatItsHostsAgreeOn() {
        List<MemberAddress> reversed = List.of(Samples.MEMBERS.get(2), Samples.MEMBERS.get(1), Samples.MEMBERS.get(0));
        String file = "0f".repeat(32);
        UUID imported = ClusterIds.importedClusterIdOf(Samples.MEMBERS, ClusterIds.NO_TOKEN, file);

        assertThat(imported).isEqualTo(UUID.fromString("0874735f-a9ad-8fec-a466-9c7d5aa01834"));
        assertThat(ClusterIds.importedClusterIdOf(reversed, ClusterIds.NO_TOKEN, file))
                .isEqualTo(imported);
        assertThat(ClusterIds.clusterIdOf(Samples.MEMBERS, ClusterIds.NO_TOKEN)).isNotEqualTo(imported);
        assertThat(ClusterIds.importedClusterIdOf(Samples.MEMBERS, Samples.TOKEN, file))
                .isNotEqualTo(imported);
        assertThat(ClusterIds.importedClusterIdOf(Samples.MEMBERS, ClusterIds.NO_TOKEN, "0e".repeat(32)))
                .isNotEqualTo(imported);
        assertThatThrownBy(() -> ClusterIds.importedClusterIdOf(Samples.MEMBERS, ClusterIds.NO_TOKEN, "0f"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hostsAgreeOnIdsWhateverTheOrder() {
        List<MemberAddress> reversed = List.of(Samples.MEMBERS.get(2), Samples.MEMBERS.get(1), Samples.MEMBERS.get(0));
        UUID cluster = ClusterIds.clusterIdOf(Samples.MEMBERS, ClusterIds.NO_TOKEN);

        assertThat(ClusterIds.clusterIdOf(reversed, ClusterIds.NO_TOKEN)).isEqualTo(cluster);
        assertThat(cluster).isEqualTo(UUID.fromString("303956ea-1e55-860e-b6d3-b0ce8f454e86"));
        assertThat(ClusterIds.clusterIdOf(reversed, Samples.TOKEN)).isNotEqualTo(cluster);
        assertThat(ClusterIds.clusterIdOf(reversed.subList(1, 3), ClusterIds.NO_TOKEN))
                .isNotEqualTo(cluster);
        assertThat(ClusterIds.groupId(cluster, "main", 1))
                .isEqualTo(UUID.fromString("2cfa5527-1330-83fa-9961-094500a3447b"))
                .isNotEqualTo(ClusterIds.groupId(cluster, "main", 2))
                .isNotEqualTo(ClusterIds.groupId(cluster, "other", 1));
    }

    private Observed observe() {
        return Observed.open(Samples.DISK, path, Samples.EXPECTATION);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static List<String> names(Path directory) throws IOException {
        return Samples.DISK.list(directory);
    }
}
