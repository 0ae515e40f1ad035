package io.metastore.raft.internal.transfer;

import io.metastore.api.CorruptStateException;
import io.metastore.api.Progress.Unit;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.images.Pace;
import io.metastore.raft.internal.transfer.SenderTroubleException.Kind;
import io.metastore.raft.internal.transfer.Senders.Offer;
import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.ContentDigest;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.image.ReceivedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fetch from beginning to end: asks who has what, fetches the best from one member, and when that comes to nothing asks again, after a pause that grows while
 * nothing comes. What was received stays, and is gone on with as long as anybody has the same bytes. Used by one thread.
 */
final class ImageHunt {

    private static final Logger log = LoggerFactory.getLogger(ImageHunt.class);

    /** How often it is waited for a silent member, which may have the rest of what is half here, before another image is begun. */
    private static final int WAITS_MAX = 2;

    private final FetchTools tools;
    private final ImageStore images;
    private final Senders senders;
    private final long indexMin;
    private final LongConsumer taking;

    private int fruitless;
    private int waits;

    /** The best image is new enough, or nothing better was to be had. */
    private boolean renewed;

    /** @param taking told which image is received from now on */
    ImageHunt(FetchTools tools, ImageStore images, Senders senders, long indexMin, LongConsumer taking) {
        this.tools = tools;
        this.images = images;
        this.senders = senders;
        this.indexMin = indexMin;
        this.taking = taking;
    }

    /** See {@link ImageFetcher#fetch}. */
    PersistedImage run() throws InterruptedException {
        while (true) {
            tools.calls().checkGoesOn();
            Optional<PersistedImage> own = images.images().stream()
                    .filter(image -> image.index() >= indexMin)
                    .findFirst();
            if (own.isPresent()) {
                taking.accept(own.get().index());
                return own.get(); // Also: one that was published by an attempt that failed after that.
            }
            PersistedImage image = round();
            if (image != null) {
                return image;
            }
            if (fruitless >= tools.settings().fruitlessMax() || senders.isEverybodyGivenUp()) {
                throw new UnavailableException(
                        "no member could give an image: member=" + tools.self()
                                + " neededIndex=" + indexMin + " attempts=" + fruitless + " members=[" + senders.wrong()
                                + "]; what was received is kept; it is asked for again when the leader finds this member behind");
            }
            tools.clock().await(tools.settings().pause(fruitless).toNanos());
        }
    }

    private @Nullable PersistedImage round() throws InterruptedException {
        List<Offer> offers = senders.offers();
        String begun = images.receiving().map(ContentDigest::of).orElse(null);
        Optional<Offer> best = senders.best(offers, begun);
        if (best.isEmpty() || isWorthWaiting(offers, begun)) {
            fruitless++;
            return null;
        }
        waits = 0;
        Membership.Member sender = best.get().sender();
        try {
            return fetch(best.get().image().digest().equals(begun) ? best.get() : renewed(best.get()));
        } catch (SenderTroubleException e) {
            senders.trouble(sender, e);
            log.info("an image did not come: member={} from={} reason={}", tools.self(), sender.name(), e.getMessage());
            return null;
        }
    }

    /**
     * What that member offers when it has been asked for a newer one, which it makes when its newest would leave a long replay: that would cost both more than
     * the image does. Once: others would make one too, and the same again after a while.
     */
    private Offer renewed(Offer best) throws InterruptedException {
        if (renewed) {
            return best;
        }
        renewed = true;
        return senders.best(senders.renewed(best.sender()), null)
                .filter(offer -> offer.image().index() > best.image().index())
                .orElse(best);
    }

    /** Beginning another image throws away what is here: not for a message that was lost. */
    private boolean isWorthWaiting(List<Offer> offers, @Nullable String begun) {
        boolean offered =
                offers.stream().anyMatch(offer -> offer.image().digest().equals(begun));
        return begun != null && !offered && senders.isAnybodySilent() && waits++ < WAITS_MAX;
    }

    private PersistedImage fetch(Offer offer) throws SenderTroubleException, InterruptedException {
        Membership.Member sender = offer.sender();
        fruitless++; // Until something comes.
        ReceivedImage image = receive(sender, manifest(offer));
        taking.accept(offer.image().index());
        tools.progress()
                .report(
                        "receiving image." + offer.image().index() + " from " + sender.name(),
                        image.receivedBytes(),
                        image.manifest().bytes(),
                        Unit.BYTES);
        log.info(
                "receiving an image: member={} from={} index={} bytes={} alreadyHere={}",
                tools.self(),
                sender.name(),
                offer.image().index(),
                image.manifest().bytes(),
                image.receivedBytes());
        try (ReadBack readBack = new ReadBack(tools, image)) {
            transfer(image, offer, readBack);
            readBack.finish();
        }
        return complete(image, sender);
    }

    private void transfer(ReceivedImage image, Offer offer, ReadBack readBack)
            throws SenderTroubleException, InterruptedException {
        ImageTransfer transfer =
                new ImageTransfer(tools, offer.sender(), offer.image().digest(), image, readBack);
        try {
            transfer.run();
        } finally {
            if (transfer.writtenBytes() > 0) {
                fruitless = 0;
                senders.helped(offer.sender());
            }
        }
    }

    private ImageManifest manifest(Offer offer) throws SenderTroubleException, InterruptedException {
        Membership.Member sender = offer.sender();
        ImageRequest request = ImageRequest.manifest(tools.self(), offer.image().index());
        byte[] bytes = tools.calls()
                .await(tools.calls()
                        .ask(
                                sender,
                                Method.IMAGE_MANIFEST,
                                request,
                                tools.settings().callTimeout()));
        ImageManifest manifest;
        try {
            manifest = ManifestCodec.decode(Path.of(sender.name(), ImageManifest.FILE), bytes);
        } catch (CorruptStateException e) {
            throw new SenderTroubleException(Kind.CORRUPT, String.valueOf(e.getMessage()), e);
        }
        if (!OfferedImage.of(manifest).equals(offer.image())) {
            throw new SenderTroubleException(
                    Kind.GONE,
                    sender.name() + " sent another manifest than it had offered: offered=" + offer.image() + " sent="
                            + OfferedImage.of(manifest));
        }
        return manifest;
    }

    private ReceivedImage receive(Membership.Member sender, ImageManifest manifest) throws SenderTroubleException {
        try {
            return images.receive(manifest);
        } catch (CorruptStateException e) {
            senders.giveUp(sender, String.valueOf(e.getMessage()));
            throw new SenderTroubleException(Kind.REFUSED, String.valueOf(e.getMessage()), e);
        }
    }

    private PersistedImage complete(ReceivedImage image, Membership.Member sender)
            throws SenderTroubleException, InterruptedException {
        // Nothing waits for the disk or the network here, so it would keep a processor to itself.
        tools.progress().at(Pace.shared(tools.clock()::nanoTime, this::rest));
        try {
            PersistedImage persisted = images.complete(image, sender.name(), this::verified);
            log.info(
                    "an image was received: member={} from={} index={} bytes={} directory={}",
                    tools.self(),
                    sender.name(),
                    persisted.index(),
                    persisted.manifest().bytes(),
                    persisted.directory());
            return persisted;
        } catch (CorruptStateException e) {
            throw new SenderTroubleException(Kind.CORRUPT, String.valueOf(e.getMessage()), e);
        } catch (VerificationInterrupted e) {
            throw e.cause;
        } finally {
            tools.progress().at(Pace.FULL);
        }
    }

    private void rest(long nanos) {
        try {
            tools.clock().await(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Found by the question whether to go on, which comes next.
        }
    }

    /** Long verifications end when they are told to. */
    private void verified(long bytes) {
        tools.progress().advance(bytes);
        try {
            tools.calls().checkGoesOn();
        } catch (InterruptedException e) {
            throw new VerificationInterrupted(e);
        }
    }

    private static final class VerificationInterrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final InterruptedException cause;

        VerificationInterrupted(InterruptedException cause) {
            super(cause);
            this.cause = cause;
        }
    }
}
