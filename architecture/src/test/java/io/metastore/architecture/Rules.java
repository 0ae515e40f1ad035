package io.metastore.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** What holds for classes of every module; which classes each rule is asked about is up to the test. */
final class Rules {

    static final ArchRule API_NEEDS_NOTHING = classes()
            .that()
            .resideInAPackage("io.metastore.api..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify.annotations..", "io.metastore.api..");

    /** Not of {@code MicrometerMetrics}, which is there to be given a registry, nor of what extends JUnit. */
    static final ArchRule SIGNATURES_ARE_OURS = classes()
            .that(not(resideInAnyPackage("..internal..")))
            .and(not(simpleName("MicrometerMetrics")))
            .and(not(simpleName("MetaStoreExtension")))
            .and()
            .arePublic()
            .should(haveOnly("java", "io.metastore"));

    /** The entry package has static methods that create what is hidden below it, which in turn implements its interfaces. */
    static final ArchRule NO_CYCLES = slices().matching("io.metastore.(**)")
            .should()
            .beFreeOfCycles()
            .ignoreDependency(
                    resideInAPackage("io.metastore.api"),
                    resideInAnyPackage("io.metastore.api.internal..", "io.metastore.api.spi"));

    static final ArchRule PACKAGES_ARE_NULL_MARKED = classes().should(beIn("a package marked with @NullMarked"));

    static final ArchRule NO_SLEEP = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .orShould()
            .callMethod(TimeUnit.class, "sleep", long.class)
            .because("a wait is for something: wait for that");

    /** Of tests: the library parks where it is woken, or where it says why it looks again. */
    static final ArchRule NO_PARKING = noClasses()
            .should()
            .callMethod(LockSupport.class, "parkNanos", long.class)
            .orShould()
            .callMethod(LockSupport.class, "parkNanos", Object.class, long.class)
            .orShould()
            .callMethod(LockSupport.class, "parkUntil", long.class)
            .because("that is a sleep by another name");

    static final ArchRule NO_EXIT = noClasses()
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class)
            .because("the process is the application's");

    static final ArchRule NO_JAVA_LOGGING =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");

    static final ArchRule NO_STANDARD_STREAMS = noClasses()
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
            .because("what a library has to say goes to SLF4J, an exception or a status");

    /** What opens or changes files. {@link java.io.File} stays allowed: to look at lengths, and to hand paths over. */
    static final ArchRule NO_FILES_PAST_THE_LAYER = noClasses()
            .should()
            .dependOnClassesThat(belongToAnyOf(
                    Files.class,
                    FileChannel.class,
                    AsynchronousFileChannel.class,
                    RandomAccessFile.class,
                    FileInputStream.class,
                    FileOutputStream.class,
                    FileReader.class,
                    FileWriter.class))
            .because("what does not go through FileLayer cannot be made to fail, nor be lost, by a test");

    private Rules() {}

    /** Arrows point down only. */
    static ArchRule usesOnlyWhatItMay(Component component) {
        String[] forbidden = Arrays.stream(Component.values())
                .filter(each -> each != component && !component.mayUse().contains(each))
                .map(each -> each.rootPackage() + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(component.rootPackage() + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .as(component + " uses nothing but " + component.mayUse());
    }

    static ArchRule internalsAreUsedByNobodyElse(Component component) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(component.rootPackage() + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(component.rootPackage() + ".internal..")
                .as("internals of " + component + " are used by nobody else");
    }

    private static ArchCondition<JavaClass> beIn(String description) {
        return new ArchCondition<>("be in " + description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(type, marked, type.getName() + " is not in " + description));
            }
        };
    }

    /** Packages by their beginning; primitive types have none. */
    private static ArchCondition<JavaClass> haveOnly(String... packages) {
        Set<String> allowed = Set.of(packages);
        return new ArchCondition<>("have only types from " + allowed + " in what others see of them") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                seen(type)
                        .flatMap(each -> each.getAllInvolvedRawTypes().stream())
                        .map(JavaClass::getBaseComponentType)
                        .filter(each -> !each.isPrimitive())
                        .filter(each -> allowed.stream()
                                .noneMatch(root -> each.getPackageName().startsWith(root + ".")))
                        .distinct()
                        .forEach(each -> events.add(
                                SimpleConditionEvent.violated(type, type.getName() + " shows " + each.getName())));
            }
        };
    }

    private static Stream<JavaType> seen(JavaClass type) {
        Stream<JavaType> parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        Stream<JavaType> members = type.getMembers().stream()
                .filter(Rules::isSeen)
                .flatMap(each -> each instanceof JavaField field
                        ? Stream.of(field.getType())
                        : signature((JavaCodeUnit) each).stream());
        return Stream.concat(parents, members);
    }

    private static boolean isSeen(JavaMember member) {
        Set<JavaModifier> modifiers = member.getModifiers();
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static Set<JavaType> signature(JavaCodeUnit member) {
        return Stream.concat(
                        Stream.of(member.getReturnType()),
                        Stream.concat(member.getParameterTypes().stream(), member.getExceptionTypes().stream()))
                .collect(Collectors.toSet());
    }
}
