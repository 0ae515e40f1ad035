package io.metastore.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules, asked about the modules; {@link RulesTest} shows that each can fail. */
class ArchitectureTest {

    /** Modules without classes of their own. */
    private static final Set<String> WITHOUT_CODE =
            Set.of("architecture", "consumer", "format.xml", "recovery-model", Component.STORE_TESTS);

    private static final JavaClasses ALL = Component.allClasses();
    private static final JavaClasses MAIN = jars(each -> true);
    private static final JavaClasses LIBRARY = jars(Component::library);

    private static JavaClasses jars(Predicate<Component> which) {
        return ALL.that(DescribedPredicate.or(
                Stream.of(Component.values()).filter(which).map(Component::jar).toList()));
    }

    @Test
    void everyModuleIsLookedAt() throws Exception {
        List<String> modules = Pattern.compile("<module>(.*)</module>")
                .matcher(Files.readString(Path.of("..", "pom.xml")))
                .results()
                .map(each -> each.group(1))
                .filter(each -> !WITHOUT_CODE.contains(each))
                .toList();
        assertThat(Arrays.stream(Component.values()).map(Component::directoryName))
                .containsExactlyInAnyOrderElementsOf(modules);
    }

    @ParameterizedTest
    @EnumSource
    void classesAreInThePackageOfTheirModule(Component component) {
        assertThat(ALL.that(component.jarOrTests()))
                .isNotEmpty()
                .allMatch(each -> (each.getPackageName() + ".").startsWith(component.rootPackage() + ".")
                        || each.getSimpleName().equals("module-info"));
    }

    @ParameterizedTest
    @EnumSource
    void thirdPartyIsOnlyUsedAtHome(ThirdParty thirdParty) {
        thirdParty.isOnlyUsedAtHome().check(LIBRARY);
    }

    /** A home that has moved would leave a rule about nothing. */
    @ParameterizedTest
    @EnumSource
    void thirdPartyIsUsedInEachOfItsHomes(ThirdParty thirdParty) {
        for (String home : thirdParty.homes()) {
            assertThat(LIBRARY.that(resideInAPackage(home)))
                    .as("classes in %s that use %s", home, thirdParty)
                    .anyMatch(each -> each.getDirectDependenciesFromSelf().stream()
                            .anyMatch(dependency -> thirdParty.isOne().test(dependency.getTargetClass())));
        }
    }

    @ParameterizedTest
    @EnumSource
    void arrowsPointDown(Component component) {
        Rules.usesOnlyWhatItMay(component).check(MAIN);
    }

    @ParameterizedTest
    @EnumSource(names = {"API", "SNAPSHOT", "RAFT", "RECOVERY"})
    void internalsAreUsedByNobodyElse(Component component) {
        Rules.internalsAreUsedByNobodyElse(component).check(ALL);
    }

    @Test
    void apiNeedsNothing() {
        Rules.API_NEEDS_NOTHING.check(LIBRARY);
    }

    @Test
    void signaturesAreOurs() {
        Rules.SIGNATURES_ARE_OURS.check(LIBRARY);
    }

    @Test
    void packagesHaveNoCycles() {
        Rules.NO_CYCLES.check(MAIN);
    }

    @Test
    void packagesAreNullMarked() {
        DescribedPredicate<JavaClass> notOurs = simpleName("module-info").or(resideInAPackage("..jmh_generated.."));
        Rules.PACKAGES_ARE_NULL_MARKED.check(ALL.that(DescribedPredicate.not(notOurs)));
    }

    @Test
    void nothingSleeps() {
        // Benchmarks pause on purpose, and the clock of transfers is there to let time pass: a throttle is nothing
        // else, and tests give it another one.
        DescribedPredicate<JavaClass> mayPause = resideInAPackage(Component.BENCHMARKS.rootPackage() + "..")
                .or(DescribedPredicate.describe(
                        "is the clock of transfers", each -> each.getName().contains(".WaitingClock")));
        Rules.NO_SLEEP.check(ALL.that(DescribedPredicate.not(mayPause)));
    }

    @Test
    void filesOfAStoreGoThroughTheLayer() {
        // The layer itself, and its lock, which has to keep a channel open. A secret is a file of the operator's, and
        // the API has no layer.
        // A cluster of tests owns the directories around those of its members.
        // What only reads a journal streams it, a gigabyte a second, and has nothing to lose.
        Set<String> mayOpenFiles =
                Set.of("DiskFileLayer", "DirectWrites", "DiskLock", "Secret", "Window", "SegmentFile");
        DescribedPredicate<JavaClass> exempt = DescribedPredicate.describe(
                "has a reason",
                each -> mayOpenFiles.contains(each.getSimpleName())
                        || each.getPackageName().startsWith(Component.TEST.rootPackage()));
        Rules.NO_FILES_PAST_THE_LAYER.check(LIBRARY.that(DescribedPredicate.not(exempt)));
    }

    @Test
    void testsDoNotParkForATime() {
        // One of them draws the moment of an interrupt; two pace a load, which nobody waits for.
        DescribedPredicate<JavaClass> mayPark = DescribedPredicate.or(
                simpleName("InterruptTest"), simpleName("WriteLoad"), simpleName("RegisterClients"));
        DescribedPredicate<JavaClass> inJars = DescribedPredicate.or(
                Stream.of(Component.values()).map(Component::jar).toList());
        Rules.NO_PARKING.check(ALL.that(DescribedPredicate.not(mayPark.or(inJars))));
    }

    @Test
    void librariesNeverEndTheProcess() {
        Rules.NO_EXIT.check(LIBRARY);
    }

    @Test
    void nothingUsesJavaLogging() {
        // Of gRPC, which uses it, one line at each start of a process has to be kept away.
        Rules.NO_JAVA_LOGGING.check(ALL.that(DescribedPredicate.not(simpleName("QuietGrpcStart"))));
    }

    @Test
    void librariesPrintNothing() {
        // The extension for tests prints what a failed test left behind.
        Rules.NO_STANDARD_STREAMS.check(LIBRARY.that(DescribedPredicate.not(simpleName("MetaStoreExtension"))));
    }
}
