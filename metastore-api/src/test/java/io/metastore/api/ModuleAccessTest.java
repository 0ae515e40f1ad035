package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of an application in a named module: what Java lets the library see, and what the error says when it does not. */
class ModuleAccessTest {

    @TempDir
    private Path dir;

    @BeforeEach
    void compile() throws IOException {
        write("module-info.java", "module app { exports app.exported; opens app.opened; }");
        write("app/exported/Key.java", "package app.exported; public record Key(String name, long id) {}");
        write("app/opened/Key.java", "package app.opened; record Key(String name, long id) {}");
        write("app/hidden/Key.java", "package app.hidden; public record Key(String name, long id) {}");
        StringWriter output = new StringWriter();
        PrintWriter printer = new PrintWriter(output);
        int exit = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        printer,
                        printer,
                        "-d",
                        dir.resolve("classes").toString(),
                        source("module-info.java"),
                        source("app/exported/Key.java"),
                        source("app/opened/Key.java"),
                        source("app/hidden/Key.java"));
        assertThat(exit).as(output.toString()).isZero();
    }

    @Test
    void seesPublicRecordsOfExportedPackages() throws Exception {
        assertThat(Codecs.record(load("app.exported.Key")).id()).isEqualTo("record(name:utf8,id:int64)");
    }

    @Test
    void seesEveryRecordOfOpenPackages() throws Exception {
        assertThat(Codecs.tuple(load("app.opened.Key"), Codecs.utf8(), Codecs.int64())
                        .id())
                .isEqualTo("tuple(utf8,int64)");
    }

    @Test
    void tellsToOpenAHiddenPackage() throws Exception {
        Class<? extends Record> hidden = load("app.hidden.Key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.record(hidden))
                .withMessageContaining("class=app.hidden.Key module=app")
                .withMessageContaining("opens app.hidden to ")
                .withCauseInstanceOf(IllegalAccessException.class);
    }

    private Class<? extends Record> load(String name) throws ClassNotFoundException {
        Configuration configuration = ModuleLayer.boot()
                .configuration()
                .resolve(ModuleFinder.of(dir.resolve("classes")), ModuleFinder.of(), Set.of("app"));
        return ModuleLayer.boot()
                .defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader())
                .findLoader("app")
                .loadClass(name)
                .asSubclass(Record.class);
    }

    private void write(String file, String text) throws IOException {
        Path path = dir.resolve("src").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private String source(String file) {
        return dir.resolve("src").resolve(file).toString();
    }
}
