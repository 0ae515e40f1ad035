package io.metastore.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** The libraries below this one, and the only places that may know them: what is to be replaced or upgraded one day is found there. */
enum ThirdParty {
    RATIS("org.apache.ratis", "io.metastore.raft.internal.ratis.."),
    ROCKSDB("org.rocksdb", "io.metastore.snapshot.internal.rocksdb.."),
    GRPC("io.grpc", "io.metastore.raft.internal.transport.."),
    PROTOBUF(
            "com.google.protobuf",
            "io.metastore.snapshot.journal..",
            "io.metastore.snapshot.internal.wire..",
            "io.metastore.recovery.internal.journal.."),
    GSON("com.google.gson", "io.metastore.recovery.internal.json.."),
    HASH4J("com.dynatrace.hash4j", "io.metastore.snapshot.state.."),
    // Its own package would be cleaner, but the name is what users look for.
    MICROMETER("io.micrometer", "io.metastore.raft", "io.metastore.raft.internal.ratis.metrics.."),
    JUNIT("org.junit", "io.metastore.test.."),
    AWAITILITY("org.awaitility", "io.metastore.test..");

    private final String rootPackage;

    @SuppressWarnings("ImmutableEnumChecker") // It is what List.of returned.
    private final List<String> homes;

    ThirdParty(String rootPackage, String... homes) {
        this.rootPackage = rootPackage;
        this.homes = List.of(homes);
    }

    List<String> homes() {
        return homes;
    }

    /** Fails on each class elsewhere that uses it. */
    ArchRule isOnlyUsedAtHome() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(homes.toArray(String[]::new))
                .should()
                .dependOnClassesThat(isOne())
                .as(this + " is only used in " + homes);
    }

    /** Whether the class is one of this library. */
    DescribedPredicate<JavaClass> isOne() {
        return JavaClass.Predicates.resideInAPackage(rootPackage + "..");
    }
}
