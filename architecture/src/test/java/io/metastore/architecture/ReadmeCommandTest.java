package io.metastore.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the README: one each to run and to test, and the second is all that CI does. */
class ReadmeCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"Run it", "Test it"})
    void oneCommandDoesIt(String heading) throws IOException {
        assertThat(commands(heading)).singleElement().asString().startsWith("mvn ");
    }

    @Test
    void ciRunsWhatTheReadmeSays() throws IOException {
        List<String> steps = Files.readAllLines(Path.of("..", ".ci", "run")).stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("set ") && !line.startsWith("cd "))
                .toList();
        assertThat(steps).isEqualTo(commands("Test it"));
    }

    /** The lines of the code blocks below a heading. */
    private static List<String> commands(String heading) throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int begin = readme.indexOf("\n## " + heading + "\n");
        assertThat(begin).as("heading '%s' in the README", heading).isNotNegative();
        int end = readme.indexOf("\n## ", begin + 1);
        return Pattern.compile("^```\\w*\n(.*?)\n```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(readme.substring(begin, end))
                .results()
                .map((MatchResult each) -> each.group(1))
                .flatMap(String::lines)
                .toList();
    }
}
