package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryInUseException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MemberAddress;
import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.LockHolder.Started;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleServiceProvider;

class DirectoryLockTest {

    private Path temporary;
    private Path path;

    @BeforeEach
    void initialise(@TempDir Path directory) {
        temporary = directory;
        path = temporary.resolve("meta");
        Samples.initialise(path);
    }

    @Test
    void secondOpenInTheSameProcessIsRefused() throws Exception {
        try (MemberDirectory first = Samples.open(path)) {
            assertInUse(path, ProcessHandle.current().pid());
            assertHeldAgainstOtherProcesses(first);
        }
    }

    /** Closing any descriptor of the lock file, even one that only read it, would free the lock of the operating system. */
    @Test
    void refusedOpensInTheSameProcessDoNotFreeTheLockForOthers() throws Exception {
        Path link = Files.createSymbolicLink(temporary.resolve("alias"), path);
        try (MemberDirectory first = Samples.open(path)) {
            for (int i = 0; i < 10; i++) {
                assertInUse(link, ProcessHandle.current().pid());
            }
            assertHeldAgainstOtherProcesses(first);
        }
    }

    @Test
    void symbolicLinksLeadToTheSameLock() throws IOException {
        Path link = Files.createSymbolicLink(temporary.resolve("alias"), path);
        Path parentLink = Files.createSymbolicLink(temporary.resolve("parent"), temporary);
        try (MemberDirectory first = Samples.open(link)) {
            assertThat(first.root()).isEqualTo(path.toRealPath());
            assertInUse(path, ProcessHandle.current().pid());
            assertInUse(parentLink.resolve("meta"), ProcessHandle.current().pid());
            assertInUse(
                    temporary.resolve("meta/../meta/."), ProcessHandle.current().pid());
        }
        Samples.open(path).close();
    }

    @Test
    void otherClassLoadersOfTheProcessAreRefused() throws Exception {
        URL[] classes = Stream.of(
                        DiskFileLayer.class,
                        MetastoreException.class,
                        LoggerFactory.class,
                        SimpleServiceProvider.class,
                        NullMarked.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                .toArray(URL[]::new);
        try (MemberDirectory first = Samples.open(path);
                URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
            Class<?> layer = loader.loadClass(DiskFileLayer.class.getName());
            Object other = layer.getConstructor().newInstance();
            assertThatThrownBy(() -> layer.getMethod("lock", Path.class).invoke(other, path.resolve("LOCK")))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .extracting(cause -> cause.getClass().getName())
                    .isEqualTo(DirectoryInUseException.class.getName());
            assertHeldAgainstOtherProcesses(first);
        }
    }

    @Test
    void anotherProcessIsRefusedAndNamed() throws Exception {
        Started holder = LockHolder.start(path);
        try {
            assertThat(holder.said()).isEqualTo("open " + path.toRealPath());
            DirectoryPhoto before = DirectoryPhoto.of(path);
            assertInUse(path, holder.process().pid());
            assertInUse(
                    Files.createSymbolicLink(temporary.resolve("alias"), path),
                    holder.process().pid());
            assertThat(DirectoryPhoto.of(path)).isEqualTo(before);
        } finally {
            end(holder);
        }
        Samples.open(path).close();
    }

    @Test
    void lockOfAKilledProcessIsFree() throws Exception {
        Started holder = LockHolder.start(path);
        assertThat(holder.said()).startsWith("open");
        holder.process().destroyForcibly().waitFor();

        Samples.open(path).close();
    }

    @Test
    void lockIsFreeAfterCloseAndAfterARefusal() throws IOException {
        Expectation other = Expectation.member(MemberAddress.voter("fe2", "10.0.0.2:9010"), Samples.TOKEN);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> MemberDirectory.open(Samples.DISK, path, other))
                    .isInstanceOf(DirectoryMismatchException.class);
            Samples.open(path).close();
        }
        assertThat(path.resolve("LOCK")).isEmptyFile();
        assertThat(System.getProperties().keySet())
                .noneMatch(key -> key.toString().startsWith("io.metastore.locked."));
    }

    @Test
    void lockFileThatLinksElsewhereIsRefused() throws IOException {
        Path elsewhere = Files.writeString(temporary.resolve("precious"), "data");
        Files.delete(path.resolve("LOCK"));
        Files.createSymbolicLink(path.resolve("LOCK"), elsewhere);

        assertThatThrownBy(() -> Samples.open(path)).isInstanceOf(MetastoreException.class);
        assertThat(elsewhere).hasContent("data");
    }

    private static void assertInUse(Path path, long pid) {
        assertThatThrownBy(() -> Samples.open(path))
                .isInstanceOf(DirectoryInUseException.class)
                .hasMessageContainingAll("pid=" + pid + " ", "host=", "started=20");
    }

    private static void assertHeldAgainstOtherProcesses(MemberDirectory held) throws Exception {
        Started other = LockHolder.start(held.root());
        try {
            assertThat(other.said())
                    .startsWith("DIRECTORY_IN_USE")
                    .contains("pid=" + ProcessHandle.current().pid() + " ");
        } finally {
            end(other);
        }
    }

    private static void end(Started started) throws Exception {
        started.process().getOutputStream().close();
        assertThat(started.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
}
