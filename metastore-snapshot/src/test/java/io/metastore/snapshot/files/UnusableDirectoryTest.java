package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.StoreFailedException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the disk or its rights do not allow is refused with a remedy; a write that found no room may be tried again, one not forced may not. */
class UnusableDirectoryTest {

    private static final Path PATH = Path.of("/data/meta");

    @Test
    void refusesARealReadOnlyDirectory(@TempDir Path temporary) throws Exception {
        Path path = Files.createDirectory(temporary.resolve("meta"));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", path.toString()) == 0,
                "not run: this user may not mount a read-only file system");
        try {
            assertThatThrownBy(() -> Samples.open(path))
                    .isInstanceOf(DirectoryUnusableException.class)
                    .hasMessageContainingAll(path.toRealPath().toString(), "mount it writable");
            assertThatThrownBy(() -> Samples.open(path.resolve("below")))
                    .isInstanceOf(DirectoryUnusableException.class)
                    .hasMessageContaining("mount it writable");
            assertThat(Samples.DISK.list(path)).isEmpty();
        } finally {
            assertThat(run("umount", path.toString())).isZero();
        }
    }

    @Test
    void namesTheRemedyOfAnInjectedError() {
        Path file = PATH.resolve("LOCK");
        assertRemedy(new AccessDeniedException(file.toString()), "the right to read and write");
        assertRemedy(new FileSystemException(file.toString(), null, "Read-only file system"), "mount it writable");
        assertRemedy(new FileSystemException(file.toString(), null, "No space left on device"), "free space");
        assertRemedy(new IOException("Input/output error"), "check the disk");
    }

    @Test
    void writeThatFoundNoRoomMayBeTriedAgain() {
        MemoryFileLayer layer = initialised();
        try (MemberDirectory directory = MemberDirectory.open(layer, PATH, Samples.EXPECTATION)) {
            Identity before = directory.identity();
            layer.failAt(numberOfNext(layer, "write", directory), Fault.ERROR_AFTER);
            assertThatThrownBy(() -> directory.updateRole(MemberRole.OBSERVER))
                    .isInstanceOf(DirectoryUnusableException.class)
                    .hasMessageContaining("unchanged");
            assertThat(layer.fired()).isNotNull();
            assertThat(directory.identity()).isEqualTo(before);

            directory.updateRole(MemberRole.OBSERVER);
            assertThat(directory.identity()).isEqualTo(before.withRole(MemberRole.OBSERVER));
        }
    }

    @Test
    void writeThatCouldNotBeForcedIsNeverTriedAgain() {
        MemoryFileLayer layer = initialised();
        try (MemberDirectory directory = MemberDirectory.open(layer, PATH, Samples.EXPECTATION)) {
            layer.failAt(numberOfNext(layer, "force", directory), Fault.ERROR_BEFORE);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> directory.updateRole(MemberRole.OBSERVER))
                        .isInstanceOf(StoreFailedException.class);
                assertThat(layer.fired()).isNotNull();
                assertThat(directory.identity().role()).isEqualTo(MemberRole.VOTER);
            }
        }
    }

    private static MemoryFileLayer initialised() {
        MemoryFileLayer layer = new MemoryFileLayer();
        Identity identity = Samples.identity();
        try (MemberDirectory directory = MemberDirectory.open(layer, PATH, Samples.EXPECTATION)) {
            directory.initialize(identity, Membership.bootstrap(Samples.MEMBERS, identity));
        }
        return layer;
    }

    /** The number the next such operation of a change will have: as in a change made before. */
    private static int numberOfNext(MemoryFileLayer layer, String verb, MemberDirectory directory) {
        int before = layer.trace().size();
        directory.updateRole(MemberRole.VOTER);
        List<String> verbs = layer.trace().subList(before, layer.trace().size()).stream()
                .map(MemoryFileLayer.Operation::verb)
                .toList();
        assertThat(verbs).contains(verb);
        return layer.trace().size() + verbs.indexOf(verb) + 1;
    }

    private static void assertRemedy(IOException error, String remedy) {
        FileLayer failing = (FileLayer) Proxy.newProxyInstance(
                FileLayer.class.getClassLoader(), new Class<?>[] {FileLayer.class}, (proxy, method, arguments) -> {
                    throw error;
                });
        assertThatThrownBy(() -> MemberDirectory.open(failing, PATH, Samples.EXPECTATION))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContainingAll(PATH.toString(), remedy)
                .hasCause(error);
    }

    /** The exit code; -1 when there is no such program. */
    private static int run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (IOException e) {
            return -1;
        }
    }
}
