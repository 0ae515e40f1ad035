package io.metastore.raft.internal.transfer;

import io.metastore.api.Progress.Unit;
import io.metastore.raft.internal.images.Pace;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ReceivedImage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the files of an image back from the disk while the next ones come, so that hardly anything is left to verify when the last one is there. Files that were
 * here before are not read here, nor is one that is found wrong given up: that is for {@link ReceivedImage#complete}, which reads whatever was not read.
 *
 * <p>Has a thread of its own, {@code <member>-image-reader}, from the first file until it is closed. Used by the thread that receives.
 */
final class ReadBack implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ReadBack.class);

    /** How often it is looked whether to go on, and told how far it has come. */
    private static final long LOOK_MILLIS = 20;

    private static final long CLOSE_MILLIS_MAX = 100;

    private final FetchTools tools;
    private final ReceivedImage image;
    private final ExecutorService reader;
    private final Pace pace;
    private final Map<ImageFile, Future<Boolean>> files = new LinkedHashMap<>();
    private final AtomicLong readBytes = new AtomicLong();

    ReadBack(FetchTools tools, ReceivedImage image) {
        this.tools = tools;
        this.image = image;
        this.reader = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, tools.self() + "-image-reader");
            thread.setDaemon(true);
            return thread;
        });
        this.pace = Pace.shared(tools.clock()::nanoTime, this::rest);
    }

    /** The file is complete. Returns at once. */
    void read(String file) {
        ImageFile complete = image.manifest().file(file);
        if (complete != null) {
            files.put(complete, reader.submit(() -> image.isAsPromised(complete, this::hasRead)));
        }
    }

    /** Waits until all these files have been read, and tells the image which are right. */
    void finish() throws InterruptedException {
        verified(readBytes.get());
        long sound = 0;
        for (Map.Entry<ImageFile, Future<Boolean>> file : files.entrySet()) {
            if (isSound(file.getKey(), file.getValue())) {
                image.readBack(file.getKey());
                sound += file.getKey().bytes();
            }
        }
        verified(sound); // What was read of the others is read again.
    }

    private void verified(long bytes) {
        tools.progress()
                .report(
                        "verifying image." + image.manifest().position().index(),
                        bytes,
                        image.manifest().bytes(),
                        Unit.BYTES);
    }

    private boolean isSound(ImageFile file, Future<Boolean> sound) throws InterruptedException {
        while (true) {
            tools.calls().checkGoesOn();
            tools.progress().reached(readBytes.get());
            try {
                return sound.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // On to the next look.
            } catch (ExecutionException e) {
                log.info(
                        "a received file could not be read back, which is tried again: member={} file={} error={}",
                        tools.self(),
                        file.name(),
                        String.valueOf(e.getCause()));
                return false;
            }
        }
    }

    private void hasRead(long bytes) {
        readBytes.addAndGet(bytes);
        pace.between();
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("nobody waits for it any more");
        }
    }

    private void rest(long nanos) {
        try {
            tools.clock().await(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the thread within a few milliseconds, which is how long a piece of a file takes to read. */
    @Override
    public void close() {
        reader.shutdownNow();
        try {
            if (!reader.awaitTermination(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                log.warn("a file is still being read back, the disk does not answer: member={}", tools.self());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
