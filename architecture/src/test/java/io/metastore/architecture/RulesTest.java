package io.metastore.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.metastore.api.violation.UsesThirdParty;
import io.metastore.raft.violation.Violations;
import io.metastore.raft.violation.left.Left;
import io.metastore.raft.violation.right.Right;
import io.metastore.snapshot.violation.UsesModuleAbove;
import io.metastore.test.violation.UsesInternals;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule fails on a class that breaks it, and on no classes at all. */
class RulesTest {

    static Stream<Arguments> rulesAndWhatBreaksThem() {
        return Stream.of(
                broken(ThirdParty.RATIS.isOnlyUsedAtHome(), Violations.UsesRatis.class),
                broken(ThirdParty.ROCKSDB.isOnlyUsedAtHome(), Violations.UsesRocksDb.class),
                broken(ThirdParty.GRPC.isOnlyUsedAtHome(), Violations.UsesGrpc.class),
                broken(ThirdParty.PROTOBUF.isOnlyUsedAtHome(), Violations.UsesProtobuf.class),
                broken(ThirdParty.GSON.isOnlyUsedAtHome(), Violations.UsesGson.class),
                broken(ThirdParty.HASH4J.isOnlyUsedAtHome(), Violations.UsesHash4j.class),
                broken(ThirdParty.MICROMETER.isOnlyUsedAtHome(), Violations.UsesMicrometer.class),
                broken(ThirdParty.JUNIT.isOnlyUsedAtHome(), Violations.UsesJunit.class),
                broken(ThirdParty.AWAITILITY.isOnlyUsedAtHome(), Violations.UsesAwaitility.class),
                broken(Rules.usesOnlyWhatItMay(Component.SNAPSHOT), UsesModuleAbove.class),
                broken(Rules.internalsAreUsedByNobodyElse(Component.RAFT), UsesInternals.class),
                broken(Rules.API_NEEDS_NOTHING, UsesThirdParty.class),
                broken(Rules.SIGNATURES_ARE_OURS, Violations.ShowsThirdParty.class),
                broken(Rules.NO_CYCLES, Left.class, Right.class),
                broken(Rules.PACKAGES_ARE_NULL_MARKED, Violations.class),
                broken(Rules.NO_SLEEP, Violations.Sleeps.class),
                broken(Rules.NO_SLEEP, Violations.SleepsInUnits.class),
                broken(Rules.NO_FILES_PAST_THE_LAYER, Violations.WritesFiles.class),
                broken(Rules.NO_FILES_PAST_THE_LAYER, Violations.OpensFiles.class),
                broken(Rules.NO_PARKING, Violations.Parks.class),
                broken(Rules.NO_EXIT, Violations.Exits.class),
                broken(Rules.NO_EXIT, Violations.Halts.class),
                broken(Rules.NO_JAVA_LOGGING, Violations.UsesJavaLogging.class),
                broken(Rules.NO_STANDARD_STREAMS, Violations.Prints.class));
    }

    private static Arguments broken(ArchRule rule, Class<?>... classes) {
        return Arguments.of(rule, classes);
    }

    @ParameterizedTest
    @MethodSource("rulesAndWhatBreaksThem")
    void failsOnWhatBreaksIt(ArchRule rule, Class<?>[] classes) {
        assertThat(rule.evaluate(new ClassFileImporter().importClasses(classes)).hasViolation())
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("rulesAndWhatBreaksThem")
    void failsOnNothing(ArchRule rule, Class<?>[] classes) {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> rule.check(new ClassFileImporter().importClasses())))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("failed to check any classes");
    }

    /** A rule that nothing is known to break is not known to work. */
    @Test
    void everyThirdPartyIsTried() {
        assertThat(rulesAndWhatBreaksThem().map(each -> ((ArchRule) each.get()[0]).getDescription()))
                .containsAll(Stream.of(ThirdParty.values())
                        .map(each -> each.isOnlyUsedAtHome().getDescription())
                        .toList());
    }
}
