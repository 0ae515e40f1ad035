package io.metastore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Cluster;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README shows code as it is run; its commands are looked at where the rules of the build are. */
class ReadmeTest {

    private static final Path README = Path.of("../README.md");
    private static final Path QUICKSTART = Path.of("src/main/java/io/metastore/examples/Quickstart.java");

    /** The text of a fenced block. */
    private static final Pattern BLOCK = Pattern.compile("^```\\w*\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void showsTheQuickstartAsItIsRun() throws IOException {
        String first = blocks("Twenty lines").get(0);

        assertThat(first).startsWith("public final class Quickstart {");
        assertThat(Files.readString(QUICKSTART)).endsWith(first);
    }

    @Test
    void namesEveryVerbOfTheMembers() throws IOException {
        String text = section("Using it");

        assertThat(Cluster.class.getMethods()).extracting(Method::getName).allSatisfy(verb -> assertThat(text)
                .contains("`" + verb));
    }

    private static List<String> blocks(String heading) throws IOException {
        return BLOCK.matcher(section(heading))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static String section(String heading) throws IOException {
        String text = Files.readString(README);
        int start = text.indexOf("\n## " + heading + "\n");
        assertThat(start).as("heading " + heading).isNotNegative();
        int end = text.indexOf("\n## ", start + 1);
        return text.substring(start, end < 0 ? text.length() : end);
    }
}
