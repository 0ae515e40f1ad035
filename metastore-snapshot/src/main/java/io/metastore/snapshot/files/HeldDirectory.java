package io.metastore.snapshot.files;

import io.metastore.api.StoreClosedException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.FileLayer.ForceFailedException;
import io.metastore.snapshot.files.FileLayer.HeldLock;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A directory under its lock, of which files are replaced one at a time, each as a whole. When forcing fails it is not known what is on the disk, so from then on every
 * change is refused: nothing is ever forced twice. For one thread at a time.
 */
final class HeldDirectory {
    private final FileLayer layer;
    private final Layout layout;
    private final HeldLock lock;
    private @Nullable IOException failure;
    private boolean closed;

    HeldDirectory(FileLayer layer, Layout layout, HeldLock lock) {
        this.layer = layer;
        this.layout = layout;
        this.lock = lock;
    }

    FileLayer layer() {
        return layer;
    }

    Layout layout() {
        return layout;
    }

    /** Durable when it returns, see {@link MemberDirectory#updateMembership} for the errors. */
    void replace(Path file, byte[] bytes) {
        checkUsable();
        try {
            AtomicFile prepared = AtomicFile.write(layer, file, bytes);
            publish(prepared, file);
        } catch (ForceFailedException e) {
            throw failed(file, e);
        } catch (IOException e) {
            throw Refusals.unusable(layout.root(), "write " + file + " (unchanged)", e);
        }
    }

    private void publish(AtomicFile prepared, Path file) {
        try {
            prepared.publish();
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private StoreFailedException failed(Path file, IOException cause) {
        failure = cause;
        return new StoreFailedException(
                "a file could not be made durable: file=" + file + " error=" + cause
                        + "; whether the old or the new content survives is known after opening the directory again, nothing is"
                        + " written until then; check the disk and the kernel log",
                cause);
    }

    /** From now on every change is refused. */
    void failed(IOException cause) {
        failure = cause;
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** @throws StoreFailedException it failed before */
    void checkUsable() {
        checkOpen();
        if (failure != null) {
            throw new StoreFailedException(
                    "the directory failed before: directory=" + layout.root() + " error=" + failure
                            + "; check the disk and the kernel log, then open it again",
                    failure);
        }
    }

    /** @throws StoreClosedException it is not held any more */
    void checkOpen() {
        if (closed) {
            throw new StoreClosedException("the directory was closed: directory=" + layout.root());
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** The same lock, in other hands; closing this one does nothing any more. */
    HeldDirectory handOver() {
        closed = true;
        return new HeldDirectory(layer, layout, lock);
    }

    /** Gives it free. Idempotent, never fails. */
    void close() {
        if (!closed) {
            closed = true;
            lock.close();
        }
    }
}
