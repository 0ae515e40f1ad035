package io.metastore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Entry;
import io.metastore.api.MetaStore;
import io.metastore.api.ProgressListener;
import io.metastore.api.ReadMode;
import io.metastore.examples.Catalog.ClassFacts;
import io.metastore.examples.Catalog.ClassKey;
import io.metastore.examples.CatalogQueries.Totals;
import io.metastore.examples.RunningJdk.ClassFile;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads two modules: the acts are the same as with all of them. */
class JdkCatalogTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void everyPromiseHoldsAndTheCatalogIsThatOfTheJdk(@TempDir Path directory) throws Exception {
        assertThat(JdkCatalog.run(out, "--modules", "java.sql", "--dir", directory.toString()))
                .as(() -> printed.toString(StandardCharsets.UTF_8))
                .isZero();

        RunningJdk jdk = RunningJdk.list(Set.of("java.base", "java.sql"));
        try (Members members = Members.open(directory, 0, ProgressListener.NONE)) {
            MetaStore store = members.get("fe2");
            Totals totals = store.read(ReadMode.linearizable(), CatalogQueries::totals);
            assertThat(totals.classes()).isEqualTo(jdk.classFiles().size());
            assertThat(totals.consistent()).isTrue();
            store.read(ReadMode.linearizable(), snapshot -> {
                for (ClassFile file : jdk.classFiles()) {
                    assertThat(snapshot.in(Catalog.CLASSES).contains(file.key()))
                            .as("%s", file.key())
                            .isTrue();
                }
                return totals;
            });
            assertThat(store.table(Catalog.SUBTYPES)
                            .scan(Catalog.SUBTYPE_KEY.startingWith(SQLException.class.getName())))
                    .extracting(each -> each.key().subtype())
                    .contains("java.sql.BatchUpdateException", "java.sql.SQLWarning")
                    .doesNotContain("java.sql.DataTruncation"); // Below SQLWarning.
            assertThat(store.table(Catalog.NOTES).get("java.base").orElseThrow().lines())
                    .containsExactly("written meanwhile by the other editor", "second line");
        }
    }

    @Test
    void largestClassesAreFoundWhateverThePageSize(@TempDir Path directory) throws Exception {
        RunningJdk jdk = RunningJdk.list(Set.of("java.sql"));
        try (MetaStore store = MetaStore.open(directory);
                LoadProgress progress =
                        LoadProgress.start("classes", jdk.classFiles().size(), out)) {
            CatalogLoader.Figures figures = new CatalogLoader(jdk, progress).load(List.of(store, store), 10);
            assertThat(figures.torn()).isZero();
            CatalogQueries.Largest inPages =
                    CatalogQueries.largestClasses(store.table(Catalog.CLASSES), "java.sql", 5, 7);
            CatalogQueries.Largest atOnce =
                    CatalogQueries.largestClasses(store.table(Catalog.CLASSES), "java.sql", 5, 10_000);
            assertThat(inPages.pages()).isEqualTo((jdk.classFiles().size() + 6) / 7);
            assertThat(atOnce.pages()).isEqualTo(1);
            assertThat(inPages.classes())
                    .extracting(Entry<ClassKey, ClassFacts>::key)
                    .containsExactlyElementsOf(
                            atOnce.classes().stream().map(Entry::key).toList());
        }
    }

    @Test
    void loadingAgainChangesNothing(@TempDir Path directory) throws Exception {
        RunningJdk jdk = RunningJdk.list(Set.of("java.sql"));
        try (MetaStore store = MetaStore.open(directory);
                LoadProgress progress =
                        LoadProgress.start("classes", 2L * jdk.classFiles().size(), out)) {
            new CatalogLoader(jdk, progress).load(List.of(store), 10);
            Totals first = store.read(ReadMode.linearizable(), CatalogQueries::totals);
            new CatalogLoader(jdk, progress).load(List.of(store), 25);
            Totals second = store.read(ReadMode.linearizable(), CatalogQueries::totals);
            assertThat(second.records()).isEqualTo(first.records());
            assertThat(second.bytesInPackages()).isEqualTo(first.bytesInPackages());
        }
    }

    @Test
    void refusesModulesThatDoNotExist() {
        assertThat(JdkCatalog.run(out, "--modules", "no.such.module")).isEqualTo(2);
    }

    @Test
    void aBrokenPromiseIsAFailure() {
        Report report = new Report(out);
        report.act("Promise");
        report.expect(true, "kept");
        report.expect(false, "broken %d times", 1);
        assertThat(report.failures()).containsExactly("act 1: broken 1 times");
    }
}
