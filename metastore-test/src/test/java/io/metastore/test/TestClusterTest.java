package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.metastore.api.ConfigurationException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MetaStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the fixture itself promises. */
class TestClusterTest {

    @Test
    void aClusterThatDoesNotStartNamesSeedAndDirectoriesAndKeepsThemAndLeavesNothingOpen(@TempDir Path temporary) {
        AtomicInteger opened = new AtomicInteger();
        AssertionError failure = catchThrowableOfType(AssertionError.class, () -> TestCluster.builder()
                .voters(3)
                .seed(4711)
                .directory(temporary)
                .configure(builder -> {
                    if (opened.incrementAndGet() == 3) {
                        throw new ConfigurationException("as planned");
                    }
                    return builder;
                })
                .start());
        assertThat(failure).hasMessageContaining("seed=4711").hasStackTraceContaining("as planned");
        String message = String.valueOf(failure.getMessage());
        Path kept = Path.of(message.substring(message.indexOf("directories=") + "directories=".length()));
        assertThat(kept).isDirectory().hasParent(temporary);
        int members = 0;
        for (String name : List.of("fe1", "fe2", "fe3")) {
            if (Files.exists(kept.resolve(name).resolve("LOCK"))) {
                members++;
                // It is not in use any more, or that would be the complaint.
                assertThatThrownBy(() -> MetaStore.open(kept.resolve(name)))
                        .isInstanceOf(DirectoryMismatchException.class);
            }
        }
        assertThat(members).isEqualTo(2);
    }
}
