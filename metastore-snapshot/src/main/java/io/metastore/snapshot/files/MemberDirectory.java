package io.metastore.snapshot.files;

import io.metastore.api.DirectoryInUseException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's directory, held exclusively: who it belongs to, who is in the cluster, which epoch is live, what the members have acknowledged. The one owner
 * of {@code LOCK}, {@code VERSION}, {@code ROLE}, {@code CURRENT}, {@code membership} and {@code acknowledged}.
 *
 * <p>Opened, it is empty or a member's. Every change is one file replaced whole; it is durable when the method returns. When forcing fails it is
 * not known what is on the disk, so from then on every change is refused until the directory is opened again: nothing is ever forced twice.
 *
 * <p>While it is held nothing in this process may open {@code LOCK}, not even to read or copy it: closing a file frees the lock of the operating
 * system on it.
 *
 * <p>Thread-safe; changes wait for the disk.
 */
public final class MemberDirectory implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MemberDirectory.class);

    private final HeldDirectory held;
    private final Layout layout;
    private final Expectation expectation;

    /** Guarded by this, as are the fields below and what is held. Null while the directory is empty; as on disk unless writing failed. */
    private @Nullable Identity identity;

    private @Nullable Membership membership;
    private Acknowledgements acknowledged = Acknowledgements.NONE;

    private MemberDirectory(
            HeldDirectory held, DirectoryContents.@Nullable Initialized found, Expectation expectation) {
        this.held = held;
        this.layout = held.layout();
        this.expectation = expectation;
        if (found != null) {
            identity = found.identity();
            membership = found.membership();
            acknowledged = found.acknowledged();
        }
    }

    /**
     * Takes the lock, then reads and verifies what is there. An absent directory is created, parents too. Otherwise nothing is written but the
     * lock file, and nothing deleted but our own temporary files and what an {@link #initialize} that was cut off left behind.
     *
     * @throws DirectoryInUseException when another store has it, in this process or another
     * @throws DirectoryUnusableException when it cannot be read or written
     * @throws DirectoryMismatchException when it is somebody else's, of a newer format, holds files of others, or lost its data
     * @throws io.metastore.api.CorruptStateException when it is damaged or incomplete. Nothing was changed by any of these
     */
    public static MemberDirectory open(FileLayer layer, Path directory, Expectation expectation) {
        Path path =
                directory.toAbsolutePath(); // Not normalised: what ".." means behind a symbolic link is the system's to
        // say.
        try {
            DirectoryOpening.Opened opened = DirectoryOpening.open(layer, path, expectation);
            return new MemberDirectory(opened.held(), opened.found(), expectation);
        } catch (IOException e) {
            throw Refusals.unusable(path, "open", e);
        }
    }

    /** Whether it is not a member's yet; {@link #initialize} makes it one. */
    public synchronized boolean isEmpty() {
        return identity == null;
    }

    /**
     * Makes an empty directory a member's. Durable when it returns, and read back. When it fails, or the process dies, the next open finds an empty
     * directory or all of it.
     *
     * @param newIdentity as the expectation this was opened with asks for
     * @param newMembership of the epoch to start in
     * @throws DirectoryUnusableException when it could not be written; this object can only be closed then
     */
    public synchronized void initialize(Identity newIdentity, Membership newMembership) {
        checkInitialize(newIdentity, newMembership);
        initializeWith(newIdentity, newMembership, null);
    }

    /**
     * The same, with images to begin with.
     *
     * @param content written before the directory is a member's
     * @throws MetastoreException what the content refuses by; the directory is empty again, this object can only be closed
     */
    public synchronized void initialize(Identity newIdentity, Membership newMembership, InitialContent content) {
        checkInitialize(newIdentity, newMembership);
        try {
            initializeWith(newIdentity, newMembership, content);
        } catch (MetastoreException e) {
            takeBack(newMembership.epoch(), e);
            throw e;
        }
    }

    private void checkInitialize(Identity newIdentity, Membership newMembership) {
        held.checkUsable();
        if (identity != null) {
            throw new IllegalStateException("the directory is a member's already: directory=" + layout.root()
                    + " member=" + identity.memberName());
        }
        if (newMembership.formed()) {
            throw new IllegalArgumentException(
                    "without a journal a cluster has not formed: directory=" + layout.root());
        }
        expectation.check(layout.root(), newIdentity);
    }

    private void initializeWith(Identity newIdentity, Membership newMembership, @Nullable InitialContent content) {
        try {
            Initialization initialization = new Initialization(layer(), layout);
            initialization.run(newIdentity, newMembership, content);
            initialization.checkReadsBack(newIdentity, newMembership, expectation);
            identity = newIdentity;
            membership = newMembership;
        } catch (IOException e) {
            held.failed(e);
            throw Refusals.unusable(layout.root(), "initialise", e);
        }
        log.info(
                "directory initialised: directory={} cluster={} member={} incarnation={} role={}",
                layout.root(),
                newIdentity.clusterId(),
                newIdentity.memberName(),
                newIdentity.incarnation(),
                newIdentity.role().text());
    }

    /** After a refusal the directory is to be as it was; where the disk failed before, the next open does it. */
    private void takeBack(long epoch, MetastoreException refusal) {
        if (!held.hasFailed()) {
            held.failed(new IOException("initialisation was refused", refusal));
            try {
                new Initialization(layer(), layout).undo(epoch);
            } catch (IOException e) {
                refusal.addSuppressed(e);
            }
        }
    }

    /** Whose it is; not while it is empty. */
    public synchronized Identity identity() {
        return initialized(identity);
    }

    /** Who is in the cluster as we last wrote it, and the live epoch; not while it is empty. */
    public synchronized Membership membership() {
        return initialized(membership);
    }

    /**
     * How the live epoch began.
     *
     * @return empty for the first one
     * @throws io.metastore.api.CorruptStateException the file that says so is damaged
     * @throws DirectoryUnusableException it cannot be read
     */
    public synchronized Optional<Genesis> genesis() {
        try {
            return EpochSuccession.genesis(
                    layer(), layout.epoch(membership().epoch()), identity().clusterId());
        } catch (IOException e) {
            throw Refusals.unusable(
                    layout.root(), "read " + layout.genesis(membership().epoch()), e);
        }
    }

    /**
     * Who else was a member in the epoch that a recovery ended in this directory, as far as that can be read.
     *
     * @return empty when no recovery did
     */
    public synchronized List<Membership.Member> formerMembers() {
        Genesis beginning = genesis().orElse(null);
        if (beginning == null) {
            return List.of();
        }
        Path file = layout.membership(beginning.previous());
        try {
            Membership before = IdentityFiles.readMembership(
                    file, layer().read(file), identity().clusterId());
            return before.members().stream()
                    .filter(member -> !member.name().equals(identity().memberName()))
                    .toList();
        } catch (IOException | MetastoreException e) {
            log.info("who was a member before is not known: file={} reason={}", file, e.toString());
            return List.of();
        }
    }

    /** Whether the address asked for at open is not the one in the directory; {@link #updateAddress} once the cluster knows. */
    public synchronized boolean addressDiffers() {
        return expectation.member() != null
                && !initialized(identity).address().equals(expectation.member().address());
    }

    /** Whether it is the port-less single member's and was opened to become one of a cluster. */
    public synchronized boolean isToBecomeMember() {
        return expectation.isToBecomeMember(initialized(identity));
    }

    /**
     * Gives the single member's directory the token it was opened with: the first step on its way to be one of a cluster, before {@link #updateMembership}
     * and {@link #updateIdentity}. Durability and errors as for {@link #updateMembership}.
     */
    public synchronized void adoptToken() {
        held.checkUsable();
        Identity before = initialized(identity);
        if (!isToBecomeMember()) {
            throw new IllegalStateException("only a single member takes a token: directory=" + layout.root()
                    + " member=" + before.memberName());
        }
        Identity changed = before.withToken(expectation.tokenDigest());
        if (!changed.equals(before)) {
            held.replace(layout.version(), IdentityFiles.version(changed));
            identity = changed;
        }
    }

    /** The directory itself, by its real path. */
    public Path root() {
        return layout.root();
    }

    /** Where everything of the live epoch is. */
    public Path epochDirectory() {
        return layout.epoch(membership().epoch());
    }

    /** Where the journal's engine keeps its groups; it creates it. */
    public Path journalDirectory() {
        return layout.journal(membership().epoch());
    }

    /** Where the images are; their store creates it. */
    public Path imageDirectory() {
        return layout.images(membership().epoch());
    }

    /** Where copies are opened that nobody keeps. */
    public Path scratchDirectory() {
        return layout.scratch(membership().epoch());
    }

    /** Where the live state is; its store creates it. */
    public Path stateDirectory() {
        return layout.state(membership().epoch());
    }

    /**
     * Replaces our copy of the membership; durable when it returns.
     *
     * @param changed of the live epoch; formed if it was formed before
     * @throws DirectoryUnusableException when it could not be written; nothing changed, it may be tried again
     * @throws StoreFailedException when forcing failed, now or before; which of both survives is known after opening again
     */
    public synchronized void updateMembership(Membership changed) {
        Membership before = membership();
        if (changed.epoch() != before.epoch() || (before.formed() && !changed.formed())) {
            throw new IllegalArgumentException(
                    "a membership keeps its epoch and stays formed: before=" + before + " asked=" + changed);
        }
        held.replace(
                layout.membership(changed.epoch()),
                IdentityFiles.membership(identity().clusterId(), changed));
        membership = changed;
    }

    /** What was written down of what the members have acknowledged in the live epoch; nothing in a directory of before there was such a file. */
    public synchronized Acknowledgements acknowledged() {
        return acknowledged;
    }

    /**
     * Replaces what is written down of what the members have acknowledged, one that was damaged too. Durability and errors as for {@link
     * #updateMembership}.
     */
    public synchronized void updateAcknowledged(Acknowledgements changed) {
        long epoch = membership().epoch();
        Acknowledgements sound = Acknowledgements.of(changed.marks());
        held.replace(
                layout.acknowledged(epoch),
                IdentityFiles.acknowledged(identity().clusterId(), epoch, sound));
        acknowledged = sound;
    }

    /** Replaces what {@code ROLE} says by another role; durability and errors as for {@link #updateMembership}. */
    public synchronized void updateRole(MemberRole role) {
        updateIdentity(identity().withRole(role));
    }

    /** Replaces what {@code ROLE} says by another address; durability and errors as for {@link #updateMembership}. */
    public synchronized void updateAddress(String address) {
        updateIdentity(identity().withAddress(address));
    }

    /**
     * Replaces all that {@code ROLE} says, also member name and incarnation: for a single member that becomes one of a cluster, and for a member that
     * starts anew from its peers. Durability and errors as for {@link #updateMembership}.
     *
     * @param changed of the same cluster, token and time of creation
     */
    public synchronized void updateIdentity(Identity changed) {
        held.checkUsable();
        Identity before = identity();
        if (!changed.clusterId().equals(before.clusterId())
                || !changed.tokenDigest().equals(before.tokenDigest())
                || !changed.created().equals(before.created())) {
            throw new IllegalArgumentException("a directory keeps cluster, token and time of creation: directory="
                    + layout.root() + " before=" + before.clusterId() + " asked=" + changed.clusterId());
        }
        held.replace(layout.role(), IdentityFiles.role(changed));
        identity = changed;
        log.info(
                "identity changed: directory={} member={} incarnation={} role={} address={}",
                layout.root(),
                changed.memberName(),
                changed.incarnation(),
                changed.role().text(),
                changed.address());
    }

    /**
     * Reads the directory anew without giving it free, after its epoch has changed.
     *
     * @param expected as for {@link #open}
     * @return holds the directory from now on; closing this object does nothing any more
     * @throws MetastoreException as for {@link #open}; this object holds the directory as before
     */
    public synchronized MemberDirectory reopened(Expectation expected) {
        held.checkOpen();
        try {
            DirectoryContents.Initialized found = DirectoryOpening.read(layer(), layout, expected);
            return new MemberDirectory(held.handOver(), found, expected);
        } catch (IOException e) {
            throw Refusals.unusable(layout.root(), "read it anew", e);
        }
    }

    /** What it is read and written through. */
    public FileLayer layer() {
        return held.layer();
    }

    Layout layout() {
        return layout;
    }

    /** Whether it does not hold the directory any more. */
    public synchronized boolean isClosed() {
        return held.isClosed();
    }

    /** Gives the directory free. Idempotent, writes nothing but the lock file, never fails. */
    @Override
    public synchronized void close() {
        held.close();
    }

    private <T> T initialized(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the directory is empty: directory=" + layout.root());
        }
        return value;
    }
}
