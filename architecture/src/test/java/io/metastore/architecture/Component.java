package io.metastore.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The modules that contain code, and which of them each may use. */
enum Component {
    API("metastore-api", true),
    SNAPSHOT("metastore-snapshot", true, API),
    RAFT("metastore-raft", true, API, SNAPSHOT),
    RECOVERY("metastore-recovery", true, API, SNAPSHOT, RAFT),
    CLI("metastore-cli", false, API, SNAPSHOT, RECOVERY),
    TEST("metastore-test", true, API, RAFT),
    EXAMPLES("examples", false, API, RAFT, RECOVERY, TEST),
    BENCHMARKS("benchmarks", false, API, SNAPSHOT, RAFT, RECOVERY, TEST);

    /** A module that has nothing but tests, on the fixtures of {@link #TEST}, and is looked at with that. */
    static final String STORE_TESTS = "store-tests";

    private final String directoryName;
    private final boolean library;

    @SuppressWarnings("ImmutableEnumChecker") // It is what Set.of returned.
    private final Set<Component> mayUse;

    Component(String directoryName, boolean library, Component... mayUse) {
        this.directoryName = directoryName;
        this.library = library;
        this.mayUse = Set.of(mayUse);
    }

    String directoryName() {
        return directoryName;
    }

    /** Whether applications have it on their class path. */
    boolean library() {
        return library;
    }

    Set<Component> mayUse() {
        return mayUse;
    }

    /** The package all its classes are in or below. */
    String rootPackage() {
        return "io.metastore." + directoryName.replace("metastore-", "");
    }

    /** The directory of its build, seen from that of this module. */
    Path target() {
        return Path.of("..", directoryName, "target");
    }

    /** What is in the jars of the components, and their tests. */
    static JavaClasses allClasses() {
        return new ClassFileImporter()
                .importPaths(Stream.of(values())
                        .flatMap(each -> Stream.concat(Stream.of(each.classes()), each.tests()))
                        .toList());
    }

    /** Whether a class is part of a jar of this component. */
    DescribedPredicate<JavaClass> jar() {
        return in("classes of " + directoryName, Stream.of(classes()));
    }

    /** Whether a class is part of this component or its tests. */
    DescribedPredicate<JavaClass> jarOrTests() {
        return jar().or(in("tests of " + directoryName, tests()));
    }

    private static DescribedPredicate<JavaClass> in(String what, Stream<Path> directories) {
        List<String> locations =
                directories.map(each -> each.toUri().toString()).toList();
        return DescribedPredicate.describe("is among the " + what, type -> type.getSource()
                .filter(each -> locations.stream().anyMatch(each.getUri().toString()::startsWith))
                .isPresent());
    }

    private Path classes() {
        return compiled(directoryName, "classes");
    }

    private Stream<Path> tests() {
        Path own = compiled(directoryName, "test-classes");
        return this == TEST ? Stream.of(own, compiled(STORE_TESTS, "test-classes")) : Stream.of(own);
    }

    private static Path compiled(String directoryName, String outputName) {
        Path directory = Path.of("..", directoryName, "target", outputName)
                .toAbsolutePath()
                .normalize();
        if (!Files.isDirectory(directory)) {
            throw new IllegalStateException(
                    "not compiled: directory=" + directory + "; run the build with -am, or from the root");
        }
        return directory;
    }
}
