package io.metastore.cli;

import io.metastore.api.CorruptStateException;
import io.metastore.api.MetaStore;
import io.metastore.snapshot.image.ImageArchive;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ImageVerification;
import io.metastore.snapshot.image.ImageVerification.Depth;
import io.metastore.snapshot.image.ImageVerification.Verified;
import io.metastore.snapshot.image.PersistedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code metastore image}: images and exported files. */
@Command(
        name = "image",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {ImageCommand.Verify.class, ImageCommand.Export.class, ImageCommand.Import.class},
        description = "Verifies, exports and imports images.")
final class ImageCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: verify, export or import");
    }

    /** {@code metastore image verify}. */
    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            description = "Proves that images are what they say. Changes nothing; also beside a running process.")
    static final class Verify implements Callable<Integer> {

        @Parameters(paramLabel = "PATH", description = "Directory of a member or of an image, or an exported file.")
        private Path path = Path.of("");

        @Option(names = "--files-only", description = "Lengths and digests, without opening the state in it.")
        private boolean filesOnly;

        @Mixin
        private Output output = new Output();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            Images images = new Images();
            if (images.isFile(path)) {
                return verify(path, bar -> {
                    ImageManifest manifest = ImageArchive.describe(images.layer(), path);
                    return new Sound(manifest, ImageArchive.verify(images.layer(), path, bar));
                });
            }
            List<Path> found = images.directories(path);
            if (found.isEmpty()) {
                throw new RefusedException("no image is there: path=" + path);
            }
            int worst = ExitCodes.OK;
            for (Path directory : found) {
                int code = verify(directory, bar -> {
                    PersistedImage image = images.image(directory);
                    Depth depth = filesOnly ? Depth.FILES : Depth.FULL;
                    return new Sound(image.manifest(), ImageVerification.verify(images.layer(), image, depth, bar));
                });
                worst = Math.max(worst, code);
            }
            return worst;
        }

        /** What was found sound. */
        private record Sound(ImageManifest manifest, Verified verified) {}

        private interface Verification {
            Sound run(Bar bar);
        }

        /** Damage is an answer, so that the other images are looked at too. */
        private int verify(Path what, Verification verification) {
            try (Bar bar = Bar.onTerminal()) {
                Sound sound = verification.run(bar);
                bar.remove();
                output.print(
                        spec,
                        ImageJson.sound(what, sound.manifest(), sound.verified()),
                        "sound: " + what + " " + ImageJson.line(sound.manifest(), sound.verified()) + "\n");
                return ExitCodes.OK;
            } catch (CorruptStateException e) {
                output.print(spec, ImageJson.damaged(what, e), "damaged: " + what + " " + e.getMessage() + "\n");
                return ExitCodes.DAMAGE;
            }
        }
    }

    /** {@code metastore image export}. */
    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            description = "Writes an image into one file, which must not exist, and reads it back.")
    static final class Export implements Callable<Integer> {

        @Parameters(index = "0", paramLabel = "DIRECTORY", description = "Of an image, or of a member: its newest.")
        private Path directory = Path.of("");

        @Parameters(index = "1", paramLabel = "FILE", description = "To be written.")
        private Path file = Path.of("");

        @Mixin
        private Output output = new Output();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            Images images = new Images();
            Path newest = images.directories(directory).stream()
                    .findFirst()
                    .orElseThrow(() -> new RefusedException("no image is there: directory=" + directory));
            try (Bar bar = Bar.onTerminal()) {
                ImageArchive.Exported exported = ImageArchive.export(images.layer(), images.image(newest), file, bar);
                bar.remove();
                output.print(
                        spec,
                        ImageJson.exported(exported),
                        "exported: " + newest + " to " + exported.file() + " bytes=" + exported.bytes() + "\n");
            }
            return ExitCodes.OK;
        }
    }

    /** {@code metastore image import}. */
    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            description = {
                "Makes an empty directory that of a single member that begins with an exported file, under the identity of a new cluster.",
                "Members of a cluster import the file when they are opened, with MetaStore.Builder.importFrom."
            })
    static final class Import implements Callable<Integer> {

        @Parameters(index = "0", paramLabel = "FILE", description = "An exported file.")
        private Path file = Path.of("");

        @Parameters(index = "1", paramLabel = "DIRECTORY", description = "Empty, or not there yet.")
        private Path directory = Path.of("");

        @Mixin
        private Confirmation confirmation = new Confirmation();

        @Mixin
        private Output output = new Output();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            Images images = new Images();
            images.requireEmpty(directory);
            ImageManifest manifest = ImageArchive.describe(images.layer(), file);
            String what = "image at " + manifest.position() + " revision "
                    + manifest.revision().number() + " of cluster " + manifest.clusterId() + " into " + directory;
            confirmation.require("Import " + what);
            try (Bar bar = Bar.onTerminal();
                    MetaStore store = MetaStore.builder(directory)
                            .importFrom(file)
                            .progress(bar::advanced)
                            .open()) {
                bar.remove();
                output.print(
                        spec,
                        ImageJson.imported(directory, manifest, store.revision()),
                        "imported: " + what + ", now at " + store.revision() + "\n");
            }
            return ExitCodes.OK;
        }
    }
}
