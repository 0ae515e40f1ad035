package io.metastore.raft.internal.transfer;

import io.metastore.api.MetastoreException;
import io.metastore.raft.internal.transfer.ImageReply.Status;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.PersistedImage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Gives the images of this member to others that ask for them, piece by piece. Keeps nothing about a receiver but what status shows: who goes on elsewhere, or
 * after a restart, asks for the next piece.
 *
 * <p>An image is pinned from the first request for it until {@link ImagePins#LEASE} after the last. What cannot be answered is refused and changes nothing.
 *
 * <p>Called on a thread of the transport that may block, or on the thread of an in-JVM caller. Takes no lock that the engine or the state knows.
 */
public final class ImageSender implements Transport.Handler, AutoCloseable {

    /** Most bytes of one piece. */
    static final int CHUNK_BYTES_MAX = 256 << 10;

    /** How many pieces are read at a time: receivers must not take the disk from the journal. */
    private static final int READS_MAX = 4;

    private final FileLayer files;
    private final ImageStore images;
    private final Supplier<CompletableFuture<Void>> renewal;
    private final ImagePins pins;
    private final SentImages sent;
    private final Semaphore reads = new Semaphore(READS_MAX);

    /**
     * @param renewal makes a newer image when the newest is old; completed when there is nothing to wait for
     * @param nanoClock like {@link System#nanoTime}
     */
    public ImageSender(
            FileLayer files, ImageStore images, Supplier<CompletableFuture<Void>> renewal, LongSupplier nanoClock) {
        this.files = files;
        this.images = images;
        this.renewal = renewal;
        this.pins = new ImagePins(images, nanoClock);
        this.sent = new SentImages(nanoClock);
    }

    @Override
    public CompletableFuture<byte[]> handle(Method method, byte[] request) {
        if (method == Method.IMAGE_RENEW && isRequest(method, request)) {
            return renewal.get()
                    .handle((done, failure) -> answer(method, request).encode(request));
        }
        return CompletableFuture.completedFuture(answer(method, request).encode(request));
    }

    private static boolean isRequest(Method method, byte[] bytes) {
        try {
            ImageRequest.decode(method, bytes);
            return true;
        } catch (IllegalArgumentException e) {
            return false; // Its answer says why.
        }
    }

    private ImageReply answer(Method method, byte[] bytes) {
        ImageRequest request;
        try {
            request = ImageRequest.decode(method, bytes);
        } catch (IllegalArgumentException e) {
            return ImageReply.refusal(Status.MALFORMED, String.valueOf(e.getMessage()));
        }
        return switch (method) {
            case IMAGE_LIST, IMAGE_RENEW -> list();
            case IMAGE_MANIFEST -> manifest(request);
            case IMAGE_CHUNK -> chunk(request);
            default -> throw new IllegalStateException("decoded as a request for an image: method=" + method);
        };
    }

    private ImageReply list() {
        try {
            List<OfferedImage> offers = images.images().stream()
                    .map(PersistedImage::manifest)
                    .map(OfferedImage::of)
                    .toList();
            return ImageReply.ok(OfferedImage.encode(offers));
        } catch (MetastoreException e) {
            return unreadable("list", e);
        }
    }

    private ImageReply manifest(ImageRequest request) {
        try (ImagePins.Use use = pins.use(request.index())) {
            return ImageReply.ok(ManifestCodec.encode(use.manifest()));
        } catch (MetastoreException e) {
            return gone(request, String.valueOf(e.getMessage()));
        }
    }

    private ImageReply chunk(ImageRequest request) {
        if (!reads.tryAcquire()) {
            return ImageReply.refusal(Status.BUSY, "as many pieces are being read as may be: max=" + READS_MAX);
        }
        try (ImagePins.Use use = pins.use(request.index())) {
            return chunk(request, use);
        } catch (MetastoreException e) {
            return gone(request, String.valueOf(e.getMessage()));
        } finally {
            reads.release();
        }
    }

    private ImageReply chunk(ImageRequest request, ImagePins.Use use) {
        ImageManifest manifest = use.manifest();
        if (!use.digest().equals(request.digest())) {
            return gone(request, "the image has other bytes: asked=" + request.digest() + " here=" + use.digest());
        }
        ImageFile file = manifest.file(request.file());
        if (file == null
                || request.offset() < 0
                || request.length() < 1
                || request.length() > CHUNK_BYTES_MAX
                || request.offset() > file.bytes() - request.length()) {
            return ImageReply.refusal(
                    Status.MALFORMED,
                    "an image has no such bytes: index=" + request.index() + " file='" + request.file() + "' offset="
                            + request.offset() + " length=" + request.length() + " fileBytes="
                            + (file == null ? -1 : file.bytes()) + " lengthMax=" + CHUNK_BYTES_MAX);
        }
        return read(request, use.image(), file);
    }

    private ImageReply read(ImageRequest request, PersistedImage image, ImageFile file) {
        byte[] bytes;
        try {
            // By the name in the manifest, which leads nowhere else.
            bytes = files.read(image.directory().resolve(file.name()), request.offset(), request.length());
        } catch (IOException e) {
            return unreadable(file.name(), e);
        }
        if (bytes.length != request.length()) {
            return ImageReply.refusal(
                    Status.UNREADABLE,
                    "a file of an image is shorter than its manifest says: index=" + request.index() + " file="
                            + file.name() + " bytes=" + file.bytes() + " foundAtMost="
                            + (request.offset() + bytes.length));
        }
        sent.sent(
                request.receiver(),
                request.index(),
                bytes.length,
                image.manifest().bytes());
        return ImageReply.ok(bytes);
    }

    private static ImageReply gone(ImageRequest request, String why) {
        return ImageReply.refusal(Status.GONE, "an image cannot be sent: index=" + request.index() + " reason=" + why);
    }

    private static ImageReply unreadable(String what, Exception why) {
        return ImageReply.refusal(Status.UNREADABLE, "an image cannot be read: what=" + what + " error=" + why);
    }

    /** Lets go what nobody has asked for lately; called now and then. */
    public void tick() {
        pins.tick();
        sent.tick();
    }

    /** How many images are kept because somebody receives them. */
    int pinned() {
        return pins.count();
    }

    /** Who receives what, for status. */
    public List<ImageSending> sendings() {
        return sent.now();
    }

    /** Bytes of files sent since this was made. */
    public long sentBytes() {
        return sent.totalBytes();
    }

    /** Refuses whatever is asked from now on. */
    @Override
    public void close() {
        pins.close();
    }
}
