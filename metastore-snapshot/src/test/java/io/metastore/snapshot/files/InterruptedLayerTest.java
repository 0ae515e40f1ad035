package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt closes the file that a thread works on; to the layer it is no failure of the disk, and it is not lost. */
class InterruptedLayerTest {

    private final DiskFileLayer layer = new DiskFileLayer();

    @Test
    void whateverIsAskedOnAnInterruptedThreadIsDone(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("file");
        Thread.currentThread().interrupt();
        try {
            layer.createDirectories(directory.resolve("a/b"));
            AtomicFile.replace(layer, file, new byte[] {1, 2, 3});
            assertThat(layer.read(file)).containsExactly(1, 2, 3);
            assertThat(layer.size(file)).isEqualTo(3);
            layer.write(file, 3, new byte[] {4});
            layer.force(file);
            assertThat(layer.read(file, 2, 9)).containsExactly(3, 4);
            layer.copy(file, directory.resolve("copy"));
            layer.link(file, directory.resolve("link"));
            layer.deleteTree(directory.resolve("a"));
            layer.forceDirectory(directory);
            layer.lock(directory.resolve("LOCK")).close();
        } finally {
            assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
        }
    }

    /** Interrupts come at any moment, also while a channel is open; there is an end to them, as each lets the work begin anew. */
    @Test
    void anInterruptInBetweenLetsTheWorkBeginAnew(@TempDir Path directory) throws IOException {
        Thread worker = Thread.currentThread();
        long seed = System.nanoTime();
        Thread pest = new Thread(() -> {
            Random random = new Random(seed);
            for (int i = 0; i < 300; i++) {
                long until = System.nanoTime() + random.nextInt(500_000);
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                worker.interrupt();
            }
        });
        Path file = directory.resolve("file");
        int interrupted = 0;
        int replaced = 0;
        pest.start();
        while (pest.isAlive() || replaced < 10) {
            AtomicFile.replace(layer, file, ("content " + replaced).getBytes(StandardCharsets.UTF_8));
            replaced++;
            if (Thread.interrupted()) {
                interrupted++;
            }
        }
        boolean last = Thread.interrupted();
        assertThat(interrupted).as("seed=%d, last=%s", seed, last).isPositive();
        assertThat(file).hasContent("content " + (replaced - 1));
        assertThat(directory).isDirectoryNotContaining(found -> found.toString().endsWith(".tmp"));
    }
}
