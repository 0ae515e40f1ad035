package io.metastore.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of incidents and faults: none is missing, and the tests that it names exist. */
class IncidentsPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW = Pattern.compile("\\| ([IB][0-9]{2}) \\| (.+) \\| (.*) \\| (.*) \\|");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

    private static final List<Integer> NO_INCIDENTS = List.of(5, 8, 11, 17, 19, 36, 41, 42, 47, 49, 53, 63);
    private static final List<Integer> NO_FAULTS = List.of(8, 9, 13, 18, 23, 28, 31, 44, 52, 60, 63, 71);

    private record Row(String id, String what, String shownBy, String open) {}

    private static List<Row> rows() throws IOException {
        return Files.readAllLines(ROOT.resolve("docs/incidents.md")).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> new Row(row.group(1), row.group(2), row.group(3), row.group(4)))
                .toList();
    }

    @Test
    void everyRowIsThereOnceInOrder() throws IOException {
        List<String> expected = new ArrayList<>(ids("I", 65, NO_INCIDENTS));
        expected.addAll(ids("B", 77, NO_FAULTS));
        assertThat(rows()).extracting(Row::id).isEqualTo(expected);
    }

    private static List<String> ids(String kind, int last, List<Integer> missing) {
        return IntStream.rangeClosed(1, last)
                .filter(number -> !missing.contains(number))
                .mapToObj(number -> String.format("%s%02d", kind, number))
                .toList();
    }

    @Test
    void everyRowIsShownByATestOrSaysWhatIsOpen() throws IOException {
        for (Row row : rows()) {
            assertThat(row.shownBy() + row.open()).as(row.id()).isNotBlank();
            String rest = NAMED.matcher(row.shownBy()).replaceAll("");
            assertThat(rest.replaceAll("[, ]", ""))
                    .as("names only tests: %s", row)
                    .isEmpty();
        }
    }

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        Map<String, List<String>> sources = sources();
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (Row row : rows()) {
            Matcher tests = NAMED.matcher(row.shownBy());
            while (tests.find()) {
                named++;
                Pattern method = Pattern.compile(
                        "@(Test|ParameterizedTest)\\b(?:(?!\\n    }\\n)[\\s\\S])*?\\bvoid " + tests.group(2) + "\\(");
                boolean exists = sources.getOrDefault(tests.group(1), List.of()).stream()
                        .anyMatch(source -> method.matcher(source).find());
                if (!exists) {
                    missing.add(row.id() + " " + tests.group());
                }
            }
        }
        assertThat(named).isGreaterThan(100);
        assertThat(missing).isEmpty();
    }

    /** Those of all tests by the simple name of their class; two modules may have one of a name. */
    private static Map<String, List<String>> sources() throws IOException {
        Map<String, List<String>> sources = new HashMap<>();
        for (Path module : modules()) {
            try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
                for (Path file : files.filter(each -> each.toString().endsWith("Test.java"))
                        .toList()) {
                    String name = file.getFileName().toString().replace(".java", "");
                    sources.computeIfAbsent(name, each -> new ArrayList<>()).add(Files.readString(file));
                }
            }
        }
        return sources;
    }

    private static List<Path> modules() throws IOException {
        try (Stream<Path> found = Files.list(ROOT)) {
            return found.filter(each -> Files.isDirectory(each.resolve("src/test/java")))
                    .toList();
        }
    }
}
