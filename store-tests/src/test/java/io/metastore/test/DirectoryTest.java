package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Addon;
import io.metastore.api.ConfigurationException;
import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryInUseException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Secret;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory that is not what was asked for is refused and stays as it is. */
class DirectoryTest {

    private static final Secret TOKEN = Secret.of("the right token");

    private Path temporary;
    private Path directory;

    @BeforeEach
    void directory(@TempDir Path given) {
        temporary = given;
        directory = given.resolve("store");
    }

    /** The only member of a cluster, without a port. */
    private MetaStore.Builder member(String name, Secret token) {
        return MetaStore.builder(directory)
                .member(name, name + ":9010")
                .bootstrap(name + "=" + name + ":9010")
                .clusterToken(token)
                .with(new SimulatedNetwork(1));
    }

    private void write(MetaStore.Builder builder) {
        try (MetaStore store = builder.open()) {
            store.withTimeout(Duration.ofSeconds(30)).table(NOTES).put("k", "v");
        }
    }

    /** The refusal, after which the directory is unchanged and the right way to open it works. */
    private void refused(
            MetaStore.Builder wrong,
            Class<? extends MetastoreException> type,
            MetaStore.Builder right,
            String... facts) {
        Map<String, Integer> before = photo(directory);
        assertThatThrownBy(wrong::open)
                .isInstanceOf(type)
                .hasMessageContaining(directory.getFileName().toString())
                .satisfies(e -> assertThat(e.getMessage()).contains(facts));
        assertThat(photo(directory)).isEqualTo(before);
        try (MetaStore store = right.open()) {
            MetaStore patient = store.withTimeout(Duration.ofSeconds(30));
            assertThat(patient.table(NOTES).get("k")).contains("v");
            patient.table(NOTES).put("k", "v");
        }
    }

    /** Every file with a digest of its content, except the lock, which names its last holder. */
    private static Map<String, Integer> photo(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            Map<String, Integer> photo = new TreeMap<>();
            for (Path file : files.toList()) {
                if (!file.endsWith("LOCK")) {
                    int digest = Files.isRegularFile(file) ? Arrays.hashCode(Files.readAllBytes(file)) : 0;
                    photo.put(root.relativize(file).toString(), digest);
                }
            }
            return photo;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theDirectoryOfAClusterMemberIsNotASingleMembers() {
        write(member("fe1", TOKEN));
        refused(MetaStore.builder(directory), DirectoryMismatchException.class, member("fe1", TOKEN), "asked=");
    }

    @Test
    void anotherMembersDirectoryIsRefusedWithBothNames() {
        write(member("fe1", TOKEN));
        refused(member("fe2", TOKEN), DirectoryMismatchException.class, member("fe1", TOKEN), "fe1", "fe2");
    }

    @Test
    void anotherTokenIsRefusedWithoutPrintingEither() {
        write(member("fe1", TOKEN));
        Secret wrong = Secret.of("a wrong token");
        refused(member("fe1", wrong), DirectoryMismatchException.class, member("fe1", TOKEN), "token");
        assertThatThrownBy(() -> member("fe1", wrong).open())
                .message()
                .doesNotContain("a wrong token", "the right token");
    }

    @Test
    void aVoterDoesNotComeBackAsAnObserver() {
        write(member("fe1", TOKEN));
        refused(
                MetaStore.builder(directory)
                        .member("fe1", "fe1:9010")
                        .clusterToken(TOKEN)
                        .join("fe2:9010")
                        .observer(),
                DirectoryMismatchException.class,
                member("fe1", TOKEN),
                "voter",
                "observer");
    }

    @Test
    void theBootstrapListCountsOnlyTheFirstTime() {
        write(member("fe1", TOKEN));
        try (MetaStore store = member("fe1", TOKEN)
                .bootstrap("fe7=fe7:1", "fe8=fe8:1", "fe9=fe9:1")
                .open()) {
            assertThat(store.withTimeout(Duration.ofSeconds(30)).table(NOTES).get("k"))
                    .contains("v");
            assertThat(store.status().members())
                    .extracting(member -> member.name())
                    .containsExactly("fe1");
        }
    }

    @Test
    void aDirectoryThatIsOpenIsRefusedInTheSameProcessAlsoThroughALink() throws IOException {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), directory);
        try (MetaStore store = MetaStore.open(directory)) {
            store.table(NOTES).put("k", "v");
            for (Path path : new Path[] {directory, link, temporary.resolve("store/../store")}) {
                assertThatThrownBy(() -> MetaStore.open(path))
                        .isInstanceOf(DirectoryInUseException.class)
                        .hasMessageContaining("this process");
            }
            store.table(NOTES).put("k", "w");
        }
        try (MetaStore store = MetaStore.open(link)) {
            assertThat(store.table(NOTES).get("k")).contains("w");
        }
    }

    /** Holds a directory until its input ends. */
    static final class Holder {
        public static void main(String[] arguments) throws IOException {
            try (MetaStore store = MetaStore.open(Path.of(arguments[0]))) {
                store.table(NOTES).put("k", "by the child");
                System.out.println("holding " + ProcessHandle.current().pid());
                while (System.in.read() >= 0) {
                    // Until the end of the input.
                }
            }
        }
    }

    @Test
    void aDirectoryThatIsOpenInAnotherProcessIsRefusedAndNamesItsHolder() throws IOException {
        Path link = temporary.resolve("link");
        try (ChildJvm child = ChildJvm.start(Holder.class, directory.toString())) {
            String pid = child.line().replace("holding ", "pid=");
            Files.createSymbolicLink(link, directory);
            for (Path path : new Path[] {directory, link}) {
                assertThatThrownBy(() -> MetaStore.open(path))
                        .isInstanceOf(DirectoryInUseException.class)
                        .hasMessageContaining("another process")
                        .hasMessageContaining(pid);
            }
            assertThat(child.end()).isZero();
        }
        try (MetaStore store = MetaStore.open(link)) {
            assertThat(store.table(NOTES).get("k")).contains("by the child");
        }
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsRefusedAndLeftAlone() throws IOException {
        Files.writeString(directory, "mine");
        assertThatThrownBy(() -> MetaStore.open(directory))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining(directory.toString());
        assertThatThrownBy(() -> MetaStore.open(directory.resolve("below")))
                .isInstanceOf(DirectoryUnusableException.class);
        assertThat(directory).hasContent("mine");
        Files.delete(directory);
        write(MetaStore.builder(directory));
    }

    @Test
    void aDirectoryWithFilesOfOthersIsRefusedAndLeftAlone() throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("thesis.txt"), "mine");
        assertThatThrownBy(() -> MetaStore.open(directory))
                .isInstanceOf(DirectoryMismatchException.class)
                .hasMessageContaining("thesis.txt");
        assertThat(photo(directory)).containsOnlyKeys("", "thesis.txt");
        Files.delete(directory.resolve("thesis.txt"));
        write(MetaStore.builder(directory));
    }

    @Test
    void aDamagedIdentityIsNamedAndNotReplaced() throws IOException {
        write(MetaStore.builder(directory));
        Path role = directory.resolve("ROLE");
        byte[] sound = Files.readAllBytes(role);
        byte[] damaged = sound.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(role, damaged);
        assertThatThrownBy(() -> MetaStore.open(directory))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("ROLE");
        assertThat(Files.readAllBytes(role)).isEqualTo(damaged);
        Files.write(role, sound);
        try (MetaStore store = MetaStore.open(directory)) {
            assertThat(store.table(NOTES).get("k")).contains("v");
        }
    }

    /** All of it, or only where RocksDB or the journal of the one store is. */
    @ParameterizedTest
    @ValueSource(strings = {"", "stores/main/epoch-000001/state", "stores/main/epoch-000001/journal"})
    void aDirectoryThatMayNotBeWrittenIsRefusedAndWorksWhenItMayBeAgain(String part) {
        write(MetaStore.builder(directory));
        for (int round = 1; round <= 2; round++) {
            try (ReadOnly readOnly = ReadOnly.make(directory.resolve(part))) {
                System.out.println("read-only: part=" + part + " by=" + readOnly.means());
                assertThatThrownBy(() -> MetaStore.open(directory))
                        .isInstanceOf(DirectoryUnusableException.class)
                        .hasMessageContaining(directory.toString());
            }
            try (MetaStore store = MetaStore.open(directory)) {
                assertThat(store.table(NOTES).get("k")).contains("v");
                store.table(NOTES).put("k", "v");
                assertThat(MemberProbe.recomputeFingerprint(store))
                        .isEqualTo(MemberProbe.of(store).fingerprint());
            }
        }
    }

    @Test
    void settingsThatDoNotFitTogetherAreRefusedAndTheDirectoryIsStillFree() {
        Addon stranger = () -> "stranger";
        for (MetaStore.Builder wrong : new MetaStore.Builder[] {
            MetaStore.builder(directory).observer(),
            MetaStore.builder(directory).bootstrap("fe1=fe1:9010"),
            MetaStore.builder(directory).member("fe1", "fe1:9010").with(new SimulatedNetwork(1)),
            MetaStore.builder(directory)
                    .member("fe1", "fe1:9010")
                    .bootstrap("fe2=fe2:9010")
                    .with(new SimulatedNetwork(1)),
            MetaStore.builder(directory)
                    .member("fe1", "fe1:9010")
                    .bootstrap("fe1=fe1:9011")
                    .with(new SimulatedNetwork(1)),
            MetaStore.builder(directory).with(stranger),
            member("fe1", TOKEN).with(new SimulatedNetwork(2))
        }) {
            assertThatThrownBy(wrong::open).isInstanceOf(ConfigurationException.class);
        }
        write(MetaStore.builder(directory));
    }
}
