package io.metastore.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
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
                        .flatMap(each -> Stream.of(each.compiled("classes"), each.compiled("test-classes")))
                        .toList());
    }

    /** Whether a class is part of a jar of this component. */
    DescribedPredicate<JavaClass> jar() {
        return from("classes");
    }

    /** Whether a class is part of this component or its tests. */
    DescribedPredicate<JavaClass> jarOrTests() {
        return from("classes").or(from("test-classes"));
    }

    private DescribedPredicate<JavaClass> from(String outputName) {
        String location = compiled(outputName).toUri().toString();
        return DescribedPredicate.describe("is from " + directoryName + "/" + outputName, type -> type.getSource()
                .filter(each -> each.getUri().toString().startsWith(location))
                .isPresent());
    }

    private Path compiled(String outputName) {
        Path directory = target().resolve(outputName).toAbsolutePath().normalize();
        if (!Files.isDirectory(directory)) {
            throw new IllegalStateException(
                    "not compiled: directory=" + directory + "; run the build with -am, or from the root");
        }
        return directory;
    }
}
