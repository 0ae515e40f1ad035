package io.metastore.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is in the jars that applications get. After packaging, so not a unit test. */
class JarsIT {

    @ParameterizedTest
    @EnumSource(names = {"API", "SNAPSHOT", "RAFT", "RECOVERY", "TEST"})
    void jarHasItsModuleNameAndVersion(Component component) throws IOException {
        try (JarFile jar = jarOf(component, "")) {
            Attributes manifest = Objects.requireNonNull(jar.getManifest()).getMainAttributes();
            assertThat(manifest.getValue("Implementation-Version")).isNotBlank();
            assertThat(descriptor(jar).name()).isEqualTo(component.rootPackage());
            if (component != Component.API) { // The others cannot have more: Ratis cannot be on a module path.
                assertThat(manifest.getValue("Automatic-Module-Name")).isEqualTo(component.rootPackage());
            }
        }
    }

    /** A name that is neither in the manifest nor in a module-info would be made up from that of the file. */
    @Test
    void apiIsARealModuleThatExportsAllButItsInternals() throws IOException {
        try (JarFile jar = jarOf(Component.API, "")) {
            ModuleDescriptor module = descriptor(jar);
            assertThat(module.isAutomatic()).isFalse();
            assertThat(module.exports())
                    .extracting(ModuleDescriptor.Exports::source)
                    .containsExactlyInAnyOrderElementsOf(module.packages().stream()
                            .filter(each -> !each.contains(".internal"))
                            .toList());
            assertThat(module.uses()).containsExactly("io.metastore.api.spi.MetaStoreProvider");
            assertThat(module.requires())
                    .filteredOn(each -> !each.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                    .extracting(ModuleDescriptor.Requires::name)
                    .containsExactly("java.base");
        }
    }

    @Test
    void implementationIsFoundByTheServiceLoader() throws IOException {
        try (JarFile jar = jarOf(Component.RAFT, "")) {
            assertThat(descriptor(jar).provides())
                    .extracting(ModuleDescriptor.Provides::service)
                    .contains("io.metastore.api.spi.MetaStoreProvider");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"API", "SNAPSHOT", "RAFT", "RECOVERY", "TEST"})
    void sourcesComeWithIt(Component component) throws IOException {
        try (JarFile jar = jarOf(component, "-sources")) {
            assertThat(jar.stream()).anyMatch(each -> each.getName().endsWith("/package-info.java"));
        }
    }

    private static ModuleDescriptor descriptor(JarFile jar) {
        return ModuleFinder.of(Path.of(jar.getName()))
                .findAll()
                .iterator()
                .next()
                .descriptor();
    }

    private static JarFile jarOf(Component component, String classifier) throws IOException {
        try (Stream<Path> files = Files.list(component.target())) {
            Path file = files.filter(each -> each.getFileName()
                            .toString()
                            .matches(component.directoryName() + "-\\d[\\w.]*(-SNAPSHOT)?" + classifier + "\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("not packaged: " + component.target()));
            return new JarFile(file.toFile());
        }
    }
}
