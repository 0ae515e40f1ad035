package io.metastore.raft.internal.images;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreFailedException;
import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.raft.internal.engine.JournalExtent.Fit;
import io.metastore.raft.internal.engine.JournalFit;
import io.metastore.raft.internal.engine.StoppedJournal;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.image.ImageReservation;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.ImageVerification;
import io.metastore.snapshot.image.ImageVerification.Depth;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.image.PreparedState;
import io.metastore.snapshot.image.Provenance;
import io.metastore.snapshot.image.StateDirectories;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the state that a member starts with: the live one when it is sound and the journal goes on from it; else the newest image for which both hold, else
 * an older one; else an empty state when the journal has its first entry; else an image of another member. When there is nothing of all that it refuses,
 * with everything that was looked at, and has changed nothing.
 *
 * <p>What takes the place of another state is built beside it and takes over with one rename; the old one is deleted when the new one is open.
 */
public final class StateStart {

    private static final Logger log = LoggerFactory.getLogger(StateStart.class);

    /** Gets an image from another member; waits for it. */
    @FunctionalInterface
    public interface Peers {

        /**
         * An image that reaches at least to an index; null when there are no other members.
         *
         * @throws MetastoreException nobody has one, or it could not be had; says what each answered
         */
        @Nullable
        PersistedImage fetch(long index);
    }

    /**
     * What is started from.
     *
     * @param member named in messages
     * @param formed whether the member has taken part in its cluster: only then is a missing journal a lost one
     * @param beginsAt index of the image that a new cluster begins with; -1 when it begins with nothing
     */
    public record Ground(
            String member,
            FileLayer files,
            StateDirectories states,
            ImageStore images,
            StoppedJournal journal,
            boolean formed,
            long beginsAt) {}

    private final Ground ground;
    private final MetaState.Options options;
    private final CommandRuntime commands;
    private final Peers peers;
    private final LongWork work;

    /** What cannot be used and why, in the order it was looked at. */
    private final List<String> rejected = new ArrayList<>();

    private @Nullable Condemnation condemnation;

    /** How far the journal reaches; it is longer once it was cut to an image. */
    private JournalExtent journal;

    /** Highest position of a state or image that the journal does not have: entries up to there were applied here and are not in it any more; -1 when there is none. */
    private long lost = -1;

    public StateStart(Ground ground, MetaState.Options options, CommandRuntime commands, Peers peers, LongWork work) {
        this.ground = ground;
        this.journal = look();
        this.options = options;
        this.commands = commands;
        this.peers = peers;
        this.work = work;
    }

    private JournalExtent look() {
        try {
            return ground.journal().extent();
        } catch (IOException e) {
            throw new StoreFailedException(
                    "the journal cannot be looked at: member=" + ground.member() + " reason=" + e
                            + "; check the disk, then open again",
                    e);
        }
    }

    /**
     * Opens it.
     *
     * @throws CorruptStateException there is nothing to start from, or the journal is damaged
     * @throws StoreFailedException the disk refused
     */
    public MetaState open() {
        if (journal.damage() != null) { // Whatever it would be applied to.
            rejected.add("journal: " + journal.damage());
            throw refusal();
        }
        MetaState live = live();
        if (live != null) {
            return live;
        }
        for (PersistedImage image : ground.images().images()) {
            MetaState state = trusted(image) && isNotBack(image) ? from(image) : null;
            if (state != null) {
                return state;
            }
        }
        MetaState state = otherwise();
        if (state != null) {
            return state;
        }
        if (ground.beginsAt() >= 0) {
            rejected.add("what the cluster begins with: no usable image at index " + ground.beginsAt()
                    + "; import again, into an empty directory");
        }
        throw refusal();
    }

    /** A journal that has lost its end would make an older state of what is left, as if the rest had never been acknowledged. */
    private @Nullable MetaState otherwise() {
        if (lost >= 0) {
            return null;
        }
        return goesOnFrom(LogPosition.NONE) && !isBeginningMissing(LogPosition.NONE) ? anew() : fromPeer();
    }

    private @Nullable MetaState live() {
        Path directory = ground.states().current();
        MetaState state;
        try {
            condemnation = Condemnation.read(ground.files(), directory);
            if (condemnation != null) {
                reject("state", directory, "it was found to be wrong: " + condemnation.reason());
                return null;
            }
            state = MetaState.open(ground.files(), directory, options, commands, () -> journal.hasFirstEntry());
        } catch (CorruptStateException e) {
            reject("state", directory, String.valueOf(e.getMessage()));
            return null;
        } catch (IOException e) {
            throw disk(e);
        }
        return closedUnless(state, () -> {
            boolean usable = fits("state", directory, state.applied())
                    && !isEmptyBesideImages(state)
                    && !isBeginningMissing(state.applied());
            if (usable) {
                ground.states().clean(directory);
            }
            return usable;
        });
    }

    /** The state when the rest of its opening says so; otherwise, and when that fails, it is closed. */
    private static @Nullable MetaState closedUnless(MetaState state, BooleanSupplier rest) {
        boolean kept = false;
        try {
            kept = rest.getAsBoolean();
            return kept ? state : null;
        } finally {
            if (!kept) {
                state.abandon();
            }
        }
    }

    /** A state directory that was lost is created empty by opening it; an image is a shorter way back than the whole journal. */
    private boolean isEmptyBesideImages(MetaState state) {
        return state.applied().index() < 0 && !ground.images().images().isEmpty();
    }

    /** Whether this is less than what a new cluster begins with; everything else would then be lost without a word. */
    private boolean isBeginningMissing(LogPosition position) {
        return position.index() < ground.beginsAt();
    }

    private boolean goesOnFrom(LogPosition position) {
        Fit fit = journal.fit(position);
        return fit == Fit.FITS || (fit == Fit.MISSING && !journal.present() && !ground.formed());
    }

    private boolean fits(String what, Path directory, LogPosition position) {
        if (goesOnFrom(position)) {
            return true;
        }
        reject(what, directory, position, new JournalFit(journal.fit(position), journal.describe(position)));
        return false;
    }

    /** As {@link #fits}, by the image's own entry in the journal: before anything is made of an image that the engine would refuse. */
    private boolean isContinued(PersistedImage image) throws IOException {
        LogPosition position = image.manifest().position();
        if (!fits("image", image.directory(), position)) {
            return false;
        }
        JournalFit fit = ground.journal().fit(position);
        if (fit.fit() == journal.fit(position)) {
            return true; // No more than the names say.
        }
        reject("image", image.directory(), position, fit);
        return false;
    }

    private void reject(String what, Path directory, LogPosition position, JournalFit fit) {
        if (fit.fit() == Fit.ENDS_TOO_EARLY || fit.fit() == Fit.CONTRADICTS) {
            lost = Math.max(lost, position.index());
        }
        reject(what, directory, "journal does not go on from it: " + fit.facts());
    }

    private boolean trusted(PersistedImage image) {
        if (condemnation == null || image.index() <= condemnation.imagesUpTo()) {
            return true;
        }
        reject(
                "image",
                image.directory(),
                "it was made of a state that was wrong: trustedUpTo=" + condemnation.imagesUpTo());
        return false;
    }

    /** Whether it has all that is known to have been applied here. With a journal that has lost its end an older one leads to less. */
    private boolean isNotBack(PersistedImage image) {
        if (image.index() >= lost) {
            return true;
        }
        reject("image", image.directory(), "the journal has lost what comes between it and index " + lost);
        return false;
    }

    private @Nullable MetaState from(PersistedImage image) {
        Path directory = image.directory();
        LogPosition position = image.manifest().position();
        boolean received = image.manifest().provenance().kind() == Provenance.Kind.RECEIVED;
        try {
            if (!received && !isContinued(image)) {
                return null;
            }
        } catch (IOException e) {
            throw disk(e);
        }
        try (ImageReservation pin = ground.images().reserve(image.index())) {
            ImageVerification.verify(ground.files(), pin.image(), Depth.FILES, work::report);
            if (received) {
                journal = ground.journal().cutTo(position);
                if (!isContinued(image)) {
                    return null;
                }
            }
            try (PreparedState prepared = ground.states().prepare(pin.image())) {
                return opened(prepared.publish(), directory.toString());
            }
        } catch (CorruptStateException e) {
            String reason = String.valueOf(e.getMessage());
            reject("image", directory, reason);
            ground.images().distrust(image, reason); // So that it is not taken for one that need not be fetched.
            return null;
        } catch (IOException e) {
            throw disk(e);
        }
    }

    private @Nullable MetaState anew() {
        try (PreparedState prepared = ground.states().prepareEmpty()) {
            return opened(prepared.publish(), "the journal from its first entry on");
        }
    }

    private @Nullable MetaState fromPeer() {
        if (!journal.present() || journal.hole() != null) {
            return null; // What was acknowledged is not known: a member that has forgotten must not go on as the one it
            // was.
        }
        long index = Math.max(
                journal.first() - 1,
                journal.image() == null ? -1 : journal.image().index());
        try {
            PersistedImage image = peers.fetch(index);
            if (image == null) {
                rejected.add("other members: there are none");
                return null;
            }
            return from(image);
        } catch (MetastoreException e) {
            rejected.add("other members: " + e.getMessage());
            return null;
        }
    }

    private @Nullable MetaState opened(Path directory, String source) {
        MetaState state = MetaState.open(ground.files(), directory, options, commands, () -> false);
        return closedUnless(state, () -> {
            tell(source, state.applied());
            removeUntrusted();
            ground.images().condemnDistrusted(); // Not before: a start that is refused has changed nothing.
            ground.states().clean(directory);
            return true;
        });
    }

    private void tell(String source, LogPosition position) {
        if (rejected.isEmpty()) {
            log.info("state was built: member={} from={} position={}", ground.member(), source, position);
        } else {
            log.warn(
                    "state was rebuilt: member={} from={} position={} because={}",
                    ground.member(),
                    source,
                    position,
                    rejected);
        }
    }

    /** Before the condemnation goes with the state it stands beside. */
    private void removeUntrusted() {
        for (PersistedImage image : ground.images().images()) {
            if (condemnation != null && image.index() > condemnation.imagesUpTo()) {
                ground.images().remove(image.index());
            }
        }
    }

    private void reject(String what, Path directory, String why) {
        rejected.add(what + " " + directory + ": " + why);
    }

    private StoreFailedException disk(IOException e) {
        return new StoreFailedException(
                "a state could not be built: member=" + ground.member() + " reason=" + e
                        + "; nothing was replaced, check the disk, then open again",
                e);
    }

    private CorruptStateException refusal() {
        ground.images()
                .unsound()
                .forEach(unsound -> rejected.add("image " + unsound.directory() + ": " + unsound.reason()));
        return new CorruptStateException("there is no state to start from: member=" + ground.member() + " lookedAt="
                + rejected.size() + " " + String.join("; ", rejected)
                + "; nothing was changed; put back a copy of what is named, or start this member anew from the others");
    }
}
