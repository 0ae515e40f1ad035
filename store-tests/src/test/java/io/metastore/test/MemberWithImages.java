package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;

import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.Progress;
import io.metastore.api.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** What tests of the images of one member share. */
abstract class MemberWithImages extends OneMember {

    final Queue<Progress> progress = new ConcurrentLinkedQueue<>();

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.progress(progress::add);
    }

    Path epoch() {
        return directory.resolve("stores/main/epoch-000001");
    }

    void write(int from, int to) {
        Table<String, String> notes = store.table(NOTES);
        for (int i = from; i < to; i++) {
            notes.put("k" + i, "value " + i);
        }
    }

    /** Changes one byte in the middle of a table file of the image, which the live state shares. */
    Path damage(Image image) throws IOException {
        Path found = onlySst(epoch().resolve("image").resolve(image.name()));
        Path copy = found.resolveSibling("copy");
        Files.copy(found, copy);
        byte[] bytes = Files.readAllBytes(copy);
        bytes[bytes.length / 2] ^= 1;
        Files.write(copy, bytes);
        Files.delete(found); // A link: the live state keeps the sound file.
        Files.move(copy, found);
        return found;
    }

    private static Path onlySst(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .max((one, other) ->
                            Long.compare(one.toFile().length(), other.toFile().length()))
                    .orElseThrow();
        }
    }
}
