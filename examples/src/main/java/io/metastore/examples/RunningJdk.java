package io.metastore.examples;

import io.metastore.examples.Catalog.ClassFacts;
import io.metastore.examples.Catalog.ClassKey;
import io.metastore.examples.Catalog.ModuleFacts;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What there is to load: the modules of the JDK that runs this, and their class files as the {@code jrt:/} file system shows them. Listing
 * reads no class file.
 *
 * @param modules by name
 * @param classFiles those of one module together, in the order of their names
 */
record RunningJdk(SortedMap<String, ModuleFacts> modules, List<ClassFile> classFiles) {

    /** A class file that has not been read yet. */
    record ClassFile(ClassKey key, Path path) {

        String packageName() {
            int dot = key.name().lastIndexOf('.');
            return dot < 0 ? "" : key.name().substring(0, dot);
        }

        ClassFacts read() throws IOException {
            return ClassFileParser.parse(Files.readAllBytes(path));
        }
    }

    /**
     * Lists the JDK.
     *
     * @param only names of the modules to list; empty for all
     */
    static RunningJdk list(Set<String> only) throws IOException {
        SortedMap<String, ModuleFacts> modules = new TreeMap<>();
        for (ModuleReference reference : ModuleFinder.ofSystem().findAll()) {
            ModuleDescriptor descriptor = reference.descriptor();
            if (only.isEmpty() || only.contains(descriptor.name())) {
                modules.put(descriptor.name(), facts(descriptor));
            }
        }
        Path root = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
        List<ClassFile> classFiles = new ArrayList<>();
        for (String module : modules.keySet()) {
            classFiles.addAll(classFiles(root.resolve(module), module));
        }
        return new RunningJdk(modules, classFiles);
    }

    private static ModuleFacts facts(ModuleDescriptor descriptor) {
        return new ModuleFacts(
                descriptor.rawVersion().orElse(""),
                descriptor.isOpen(),
                descriptor.requires().stream()
                        .map(ModuleDescriptor.Requires::name)
                        .sorted()
                        .toList(),
                descriptor.exports().stream()
                        .filter(exports -> !exports.isQualified())
                        .map(ModuleDescriptor.Exports::source)
                        .sorted()
                        .toList());
    }

    private static List<ClassFile> classFiles(Path directory, String module) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(path -> path.toString().endsWith(".class"))
                    .filter(path -> !path.endsWith("module-info.class"))
                    .map(path -> new ClassFile(new ClassKey(module, binaryName(directory.relativize(path))), path))
                    .sorted((a, b) -> a.key().name().compareTo(b.key().name()))
                    .toList();
        }
    }

    private static String binaryName(Path relative) {
        String name = relative.toString();
        return name.substring(0, name.length() - ".class".length()).replace('/', '.');
    }
}
