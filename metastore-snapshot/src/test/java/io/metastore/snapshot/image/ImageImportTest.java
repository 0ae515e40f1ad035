package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.ConfigurationException;
import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MemberAddress;
import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.FaultyDisk;
import io.metastore.snapshot.files.FaultyDisk.Fault;
import io.metastore.snapshot.files.FaultyDisk.Operation;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.image.ImageVerification.Depth;
import io.metastore.snapshot.image.Provenance.Kind;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real image comes into an empty directory under another identity, or leaves it empty. */
class ImageImportTest {

    static {
        System.setProperty("org.slf4j.simpleLogger.log.io.metastore.snapshot.files", "warn");
    }

    private static final int RECORDS = 300;
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC);
    private static final MemberAddress SELF = MemberAddress.voter("fe1", "10.0.1.1:9010");
    private static final Expectation EXPECTATION = Expectation.bootstrap(SELF, List.of(SELF), ClusterIds.NO_TOKEN);
    private static final UUID NEW_CLUSTER = ClusterIds.clusterIdOf(List.of(SELF), ClusterIds.NO_TOKEN);
    private static final Identity IDENTITY =
            Identity.member(NEW_CLUSTER, ClusterIds.NO_TOKEN, Instant.ofEpochSecond(1_800_000_000), SELF);
    private static final Membership GIVEN = Membership.bootstrap(List.of(SELF), IDENTITY);

    @TempDir
    private static Path made;

    private static PersistedImage source;
    private static Path archive;

    @BeforeAll
    static void export() throws IOException {
        source = TestImages.real(made, RECORDS, 64);
        archive = made.resolve("main.msimage");
        ImageArchive.export(TestImages.DISK, source, archive, ImageProgress.NONE);
    }

    private static ImageImport importInto(FileLayer layer, Path member, Path file) {
        try (MemberDirectory directory = MemberDirectory.open(layer, member, EXPECTATION)) {
            ImageImport content = ImageImport.of(layer, file, CLOCK, ImageProgress.NONE);
            directory.initialize(IDENTITY, GIVEN, content);
            return content;
        }
    }

    @Test
    void keepsTheStateUnderANewIdentity(@TempDir Path member) throws IOException {
        ImageImport content = importInto(TestImages.DISK, member, archive);

        PersistedImage image = content.image();
        ImageManifest old = source.manifest();
        ImageManifest now = image.manifest();
        assertThat(content.source()).isEqualTo(old);
        assertThat(now.clusterId()).isEqualTo(NEW_CLUSTER);
        assertThat(now.epoch()).isEqualTo(1);
        assertThat(now.membership()).isEqualTo(GIVEN);
        assertThat(now.position()).isEqualTo(old.position());
        assertThat(now.revision()).isEqualTo(old.revision());
        assertThat(now.fingerprint()).isEqualTo(old.fingerprint());
        assertThat(now.files()).isEqualTo(old.files());
        assertThat(now.provenance()).isEqualTo(new Provenance(Kind.IMPORTED, "main.msimage"));
        assertThat(now.origin())
                .isEqualTo(new Origin(
                        TestImages.CLUSTER, 3, old.position(), old.revision(), Instant.ofEpochSecond(1_800_000_000)));
        try (MemberDirectory directory = MemberDirectory.open(TestImages.DISK, member, EXPECTATION)) {
            assertThat(image.directory()).isEqualTo(directory.epochDirectory().resolve("image/image." + image.index()));
        }
        ImageVerification.verify(TestImages.DISK, image, Depth.FULL, ImageProgress.NONE);
    }

    @Test
    void revisionsGoOnWhereTheyWere(@TempDir Path member) throws IOException {
        PersistedImage image = importInto(TestImages.DISK, member, archive).image();
        Path live = member.resolve("state");
        Trees.copy(image.directory(), live);
        Files.delete(live.resolve(ImageManifest.FILE));
        try (MetaState state = MetaState.open(live, MetaState.Options.defaults("test"), CommandRuntime.NONE)) {
            assertThat(state.applied()).isEqualTo(source.manifest().position());
            TestImages.put(state, RECORDS, 1, 64);
            assertThat(state.applied().index()).isEqualTo(image.index() + 1);
            assertThat(state.revision().number())
                    .isEqualTo(source.manifest().revision().number() + 1);
            assertThat(state.fingerprint()).isEqualTo(state.recomputeFingerprint());
        }
    }

    @Test
    void importedAgainItNamesTheClusterOfTheLastImport(
            @TempDir Path first, @TempDir Path second, @TempDir Path between) {
        PersistedImage image = importInto(TestImages.DISK, first, archive).image();
        Path again = between.resolve("again.msimage");
        ImageArchive.export(TestImages.DISK, image, again, ImageProgress.NONE);
        MemberAddress other = MemberAddress.voter("fe9", "10.0.9.9:9010");
        Expectation expectation = Expectation.bootstrap(other, List.of(other), ClusterIds.NO_TOKEN);
        Identity identity = Identity.member(
                ClusterIds.clusterIdOf(List.of(other), ClusterIds.NO_TOKEN),
                ClusterIds.NO_TOKEN,
                CLOCK.instant(),
                other);
        ImageImport content = ImageImport.of(TestImages.DISK, again, CLOCK, ImageProgress.NONE);
        try (MemberDirectory directory = MemberDirectory.open(TestImages.DISK, second, expectation)) {
            directory.initialize(identity, Membership.bootstrap(List.of(other), identity), content);
        }
        Origin origin = content.image().manifest().origin();
        assertThat(origin).isNotNull();
        assertThat(origin.clusterId()).isEqualTo(NEW_CLUSTER);
    }

    @Test
    void refusesADirectoryThatIsNotEmptyAndLeavesItAsItIs(@TempDir Path foreign, @TempDir Path member)
            throws IOException {
        Files.writeString(foreign.resolve("notes.txt"), "mine");
        List<String> before = photo(foreign);
        assertThatThrownBy(() -> importInto(TestImages.DISK, foreign, archive))
                .isInstanceOf(DirectoryMismatchException.class)
                .hasMessageContaining("notes.txt");
        assertThat(photo(foreign)).isEqualTo(before);

        importInto(TestImages.DISK, member, archive);
        List<String> imported = photo(member);
        assertThatThrownBy(() -> importInto(TestImages.DISK, member, archive))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is a member's already");
        assertThat(photo(member)).isEqualTo(imported);
    }

    @Test
    void refusesTheClustersItComesFrom(@TempDir Path member) {
        Identity same = Identity.member(TestImages.CLUSTER, ClusterIds.NO_TOKEN, CLOCK.instant(), SELF);
        Expectation expectation = Expectation.member(SELF, ClusterIds.NO_TOKEN);
        try (MemberDirectory directory = MemberDirectory.open(TestImages.DISK, member, expectation)) {
            ImageImport content = ImageImport.of(TestImages.DISK, archive, CLOCK, ImageProgress.NONE);
            assertThatThrownBy(() -> directory.initialize(same, Membership.bootstrap(List.of(SELF), same), content))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("clusterId=" + TestImages.CLUSTER);
        }
        checkEmptyAndUsable(member);
    }

    /** Files and digests are as the archive says, but the state in them is another: only opening it shows. */
    @Test
    void refusesAnArchiveThatHoldsAnotherStateThanItSays(@TempDir Path directory) throws IOException {
        Path image = directory.resolve("image");
        Trees.copy(source.directory(), image);
        ImageManifest other = new Fields(source.manifest()).fingerprint("0".repeat(32));
        Files.write(image.resolve(ImageManifest.FILE), ManifestCodec.encode(other));
        Path lying = directory.resolve("lying.msimage");
        ImageArchive.export(TestImages.DISK, new PersistedImage(image, other), lying, ImageProgress.NONE);

        Path member = Files.createDirectory(directory.resolve("member"));
        assertThatThrownBy(() -> importInto(TestImages.DISK, member, lying))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("fingerprint expected: " + "0".repeat(32));
        checkEmptyAndUsable(member);
    }

    @Test
    void refusesADamagedArchiveAndStaysEmpty(@TempDir Path directory) throws IOException {
        byte[] sound = Files.readAllBytes(archive);
        Path member = Files.createDirectory(directory.resolve("member"));
        for (int i = 1; i < 20; i++) {
            byte[] damaged = sound.clone();
            damaged[sound.length / 40 * i + 300] ^=
                    16; // In the data of the entries, the list of entries is far behind.
            Path file = Files.write(directory.resolve("damaged" + i), damaged);
            assertThatThrownBy(() -> importInto(TestImages.DISK, member, file))
                    .as("byte %d", sound.length / 40 * i + 300)
                    .isInstanceOf(CorruptStateException.class);
        }
        checkEmptyAndUsable(member);
    }

    @Test
    void refusesWhenThereIsNotEnoughSpace(@TempDir Path temporary) throws IOException {
        Operation asked = new Operation("usableSpace", "member/stores/main/epoch-000001/image", 1);
        Path base = prepare(temporary.resolve("full"));
        FaultyDisk full = new FaultyDisk(base, base, asked, Fault.FULL);
        assertThatThrownBy(() -> importInto(full, base.resolve("member"), base.resolve("main.msimage")))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("not enough space")
                .hasMessageContaining("neededBytes=" + source.manifest().bytes() + " usableBytes=0");
        assertThat(full.fired()).isTrue();
        checkEmptyAndUsable(base.resolve("member"));
    }

    private static void checkEmptyAndUsable(Path member) {
        try (MemberDirectory directory = MemberDirectory.open(TestImages.DISK, member, EXPECTATION)) {
            assertThat(directory.isEmpty()).isTrue();
        }
        assertThat(photo(member)).noneMatch(line -> line.contains("epoch-") || line.contains("INITIALIZING"));
        importInto(TestImages.DISK, member, archive);
    }

    /** Every operation fails, or is the last one of the process; also with the loss of what was not forced. */
    @Test
    void everyFaultLeavesAnEmptyDirectoryOrTheWholeImport(@TempDir Path temporary) throws IOException {
        Path base = prepare(temporary.resolve("untouched"));
        FaultyDisk untouched = new FaultyDisk(base);
        importInto(untouched, base.resolve("member"), base.resolve("main.msimage"));
        List<Operation> operations = untouched.trace();
        int found = 0;
        for (Operation operation : operations) {
            found += error(temporary.resolve("error"), operation);
            if (operation.changes()) {
                found += crash(temporary, operation);
            }
        }
        assertThat(operations.stream().filter(Operation::changes).count()).isGreaterThan(40);
        System.out.println(
                "import with RocksDB: " + operations.size() + " operations, " + found + " directories found");
    }

    private static int error(Path where, Operation operation) throws IOException {
        Path base = prepare(where);
        FaultyDisk disk = new FaultyDisk(base, base, operation, Fault.ERROR);
        assertThat(fails(disk, base))
                .as("success although %s failed", operation)
                .isTrue();
        assertThat(disk.fired()).as("%s", operation).isTrue();
        checkFound(base, operation);
        Trees.delete(base);
        return 1;
    }

    private static int crash(Path temporary, Operation operation) throws IOException {
        Path base = prepare(temporary.resolve("crash"));
        Path killed = temporary.resolve("killed");
        FaultyDisk disk = new FaultyDisk(base, killed, operation, Fault.CRASH);
        assertThat(fails(disk, base))
                .as("success although %s crashed", operation)
                .isTrue();
        Path lost = temporary.resolve("lost");
        Trees.copy(killed, lost);
        boolean differs = disk.losePower(lost);
        checkFound(killed, operation);
        if (differs) {
            checkFound(lost, operation);
        }
        Trees.delete(base);
        Trees.delete(killed);
        Trees.delete(lost);
        return differs ? 2 : 1;
    }

    private static Path prepare(Path base) throws IOException {
        Files.createDirectory(base);
        Files.createDirectory(base.resolve("member"));
        Files.copy(archive, base.resolve("main.msimage"));
        return base.toRealPath();
    }

    private static boolean fails(FileLayer disk, Path base) {
        try {
            importInto(disk, base.resolve("member"), base.resolve("main.msimage"));
            return false;
        } catch (MetastoreException e) {
            return true;
        }
    }

    private static void checkFound(Path base, Operation operation) {
        Path member = base.resolve("member");
        boolean empty;
        try (MemberDirectory directory = MemberDirectory.open(TestImages.DISK, member, EXPECTATION)) {
            empty = directory.isEmpty();
            if (!empty) {
                Path image = directory.epochDirectory().resolve("image/image." + source.index());
                Path file = image.resolve(ImageManifest.FILE);
                ImageManifest manifest = ManifestCodec.decode(file, Files.readAllBytes(file));
                assertThat(manifest.clusterId()).isEqualTo(NEW_CLUSTER);
                ImageVerification.verify(
                        TestImages.DISK, new PersistedImage(image, manifest), Depth.FULL, ImageProgress.NONE);
            }
        } catch (IOException | MetastoreException e) {
            throw new AssertionError("after " + operation, e);
        }
        if (empty) {
            assertThat(photo(member)).noneMatch(line -> line.contains("epoch-") || line.contains("INITIALIZING"));
        }
    }

    private static List<String> photo(Path directory) {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted().toList()) {
                if (!file.getFileName().toString().equals("LOCK")) {
                    lines.add(directory.relativize(file) + (Files.isDirectory(file) ? "/" : " " + Files.size(file)));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return lines;
    }
}
