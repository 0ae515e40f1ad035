package io.metastore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.examples.Catalog.ClassFacts;
import io.metastore.examples.RunningJdk.ClassFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClassFileParserTest {

    @Test
    void agreesWithReflectionAboutEveryClassOfAModule() throws Exception {
        RunningJdk jdk = RunningJdk.list(Set.of("java.sql"));
        assertThat(jdk.modules()).containsOnlyKeys("java.sql");
        assertThat(jdk.classFiles()).hasSizeGreaterThan(50);
        for (ClassFile file : jdk.classFiles()) {
            ClassFacts facts = file.read();
            Class<?> type = Class.forName(file.key().name(), false, ClassLoader.getPlatformClassLoader());
            assertThat(facts.isInterface()).as("%s", type).isEqualTo(type.isInterface());
            assertThat(facts.interfaces())
                    .as("%s", type)
                    .containsExactlyElementsOf(Arrays.stream(type.getInterfaces())
                            .map(Class::getName)
                            .toList());
            if (!type.isInterface()) {
                assertThat(facts.superclass())
                        .as("%s", type)
                        .contains(type.getSuperclass().getName());
            }
            assertThat(file.packageName()).isEqualTo(type.getPackageName());
        }
    }

    @Test
    void objectHasNoSuperclass() throws Exception {
        try (var in = Object.class.getResourceAsStream("Object.class")) {
            assertThat(in).isNotNull();
            assertThat(ClassFileParser.parse(in.readAllBytes()).superclass()).isEqualTo(Optional.empty());
        }
    }

    @Test
    void refusesWhatIsNotAClassFile() {
        assertThatThrownBy(() -> ClassFileParser.parse(new byte[16]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cafebabe");
    }
}
