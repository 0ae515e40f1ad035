package io.metastore.test.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Re-checks the histories in {@code src/test/resources/histories}; put those there that once were judged wrongly. */
class KeptHistoriesTest {

    static List<Path> linearizable() throws IOException, URISyntaxException {
        return files("linearizable");
    }

    static List<Path> notLinearizable() throws IOException, URISyntaxException {
        return files("not-linearizable");
    }

    private static List<Path> files(String folder) throws IOException, URISyntaxException {
        URI uri = Objects.requireNonNull(KeptHistoriesTest.class.getResource("/histories/" + folder))
                .toURI();
        try (Stream<Path> files = Files.list(Path.of(uri))) {
            return files.sorted().toList();
        }
    }

    private static Verdict check(Path file) throws IOException {
        return new LinearizabilityChecker<>(RegisterModel.versioned()).check(History.load(file, new RegisterParser()));
    }

    @ParameterizedTest
    @MethodSource("linearizable")
    void acceptsLinearizableHistory(Path file) throws IOException {
        check(file).requireLinearizable();
    }

    @ParameterizedTest
    @MethodSource("notLinearizable")
    void refutesHistoryThatIsNotLinearizable(Path file) throws IOException {
        assertThat(check(file)).isInstanceOf(Verdict.NotLinearizable.class);
    }
}
