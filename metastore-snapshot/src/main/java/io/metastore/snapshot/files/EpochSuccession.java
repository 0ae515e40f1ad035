package io.metastore.snapshot.files;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.snapshot.files.FileLayer.HeldLock;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's directory, held exclusively by a recovery that gives it another epoch. The one that seals a directory, and that moves {@code CURRENT}.
 *
 * <pre>
 * seal             no member is started from the directory in its epoch any more
 * begin            the directory of the next epoch, beside the live one, empty; whoever is filling it may be cut off at any time and begin again
 * publish          CURRENT: the one moment at which the next epoch becomes the live one
 * takeBack         CURRENT again; the epoch that was made is set aside, its number is not given again
 * </pre>
 *
 * <p>Each of them is durable when it returns, and may be repeated when it was cut off. For one thread.
 */
public final class EpochSuccession implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EpochSuccession.class);

    private final Layout layout;
    private final HeldLock lock;
    private final OwnedFiles files;
    private final EpochDirectories epochs;
    private final RecoveryNotes notes;

    private Identity identity;
    private Membership membership;

    private EpochSuccession(FileLayer layer, Layout layout, HeldLock lock, DirectoryContents.Initialized found) {
        this.layout = layout;
        this.lock = lock;
        this.identity = found.identity();
        this.membership = found.membership();
        this.files = new OwnedFiles(layer, layout.root());
        this.epochs = new EpochDirectories(files, layout, identity.clusterId());
        this.notes = new RecoveryNotes(files, layout, identity.clusterId());
    }

    /**
     * Takes the lock, then reads and verifies what is there. Changes nothing but the lock file.
     *
     * @throws io.metastore.api.DirectoryInUseException a store has it
     * @throws DirectoryMismatchException it is no member's
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read
     * @throws io.metastore.api.CorruptStateException it is damaged or incomplete
     */
    public static EpochSuccession open(FileLayer layer, Path directory) {
        Path path = directory.toAbsolutePath();
        try {
            if (layer.kind(path) != Kind.DIRECTORY) {
                throw notAMember(path);
            }
            Layout layout = new Layout(layer.realPath(path));
            read(layer, layout); // Refuses what is not ours before a lock file is put there.
            HeldLock lock = layer.lock(layout.lock());
            boolean opened = false;
            try {
                DirectoryContents.Initialized found = read(layer, layout);
                opened = true;
                return new EpochSuccession(layer, layout, lock, found);
            } finally {
                if (!opened) {
                    lock.close();
                }
            }
        } catch (IOException e) {
            throw Refusals.unusable(path, "open for a recovery", e);
        }
    }

    /**
     * The same for a directory that an open member holds, whose journal is closed. Closing leaves it to the member.
     *
     * @param layer what it is read and written through
     * @throws DirectoryMismatchException it is no member's
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read
     * @throws io.metastore.api.CorruptStateException it is damaged or incomplete
     */
    public static EpochSuccession within(FileLayer layer, MemberDirectory held) {
        Layout layout = held.layout();
        try {
            return new EpochSuccession(layer, layout, () -> {}, read(layer, layout));
        } catch (IOException e) {
            throw Refusals.unusable(layout.root(), "open for a recovery", e);
        }
    }

    private static DirectoryContents.Initialized read(FileLayer layer, Layout layout) throws IOException {
        if (DirectoryContents.found(layer, layout) instanceof DirectoryContents.Initialized found) {
            return found;
        }
        throw notAMember(layout.root());
    }

    private static DirectoryMismatchException notAMember(Path directory) {
        return new DirectoryMismatchException("there is no member's data in the directory: directory=" + directory
                + "; nothing was changed; check the path");
    }

    /**
     * Whether a recovery was asked for that is to be carried out at the next opening of a directory. Looks for one name and takes no lock.
     *
     * @throws io.metastore.api.DirectoryUnusableException it cannot be told
     */
    public static boolean isIntended(FileLayer layer, Path directory) {
        Path path = directory.toAbsolutePath();
        try {
            return layer.kindOfName(new Layout(path).intent()) != Kind.ABSENT;
        } catch (IOException e) {
            throw Refusals.unusable(path, "look for the intent of a recovery", e);
        }
    }

    /**
     * Whether a recovery has promised anything in a directory, kept or not. Looks for one name and takes no lock.
     *
     * @throws io.metastore.api.DirectoryUnusableException it cannot be looked at
     */
    public static boolean hasSeal(FileLayer layer, Path directory) {
        try {
            return layer.kindOfName(new Layout(directory.toAbsolutePath()).seal()) != Kind.ABSENT;
        } catch (IOException e) {
            throw Refusals.unusable(directory, "look for the seal of a recovery", e);
        }
    }

    /**
     * How an epoch began, whichever it is, as its directory says; empty when it does not, as that of a first epoch. Takes no lock.
     *
     * @param clusterId it must be of
     * @throws io.metastore.api.CorruptStateException what it says is damaged, or of another cluster
     * @throws IOException it cannot be read
     */
    public static Optional<Genesis> genesis(FileLayer layer, Path epochDirectory, UUID clusterId) throws IOException {
        Path file = epochDirectory.resolve(Layout.GENESIS);
        return layer.kind(file) == Kind.ABSENT
                ? Optional.empty()
                : Optional.of(RecoveryFiles.readGenesis(file, layer.read(file), clusterId));
    }

    /**
     * The name that an epoch's directory gets when its recovery is taken back.
     *
     * @return false for all other names
     */
    public static boolean isTakenBack(String name) {
        return name.endsWith(EpochDirectories.TAKEN_BACK)
                && Layout.isEpochName(name.substring(0, name.length() - EpochDirectories.TAKEN_BACK.length()));
    }

    /** Refuses a directory that is not what settings say: with a {@link DirectoryMismatchException}. */
    public void check(Expectation expectation) {
        expectation.check(layout.root(), identity);
    }

    public Path root() {
        return layout.root();
    }

    public Identity identity() {
        return identity;
    }

    /** Of the live epoch. */
    public Membership membership() {
        return membership;
    }

    /** The live one. */
    public long epoch() {
        return membership.epoch();
    }

    /** Where everything of an epoch is. */
    public Path epochDirectory(long epoch) {
        return layout.epoch(epoch);
    }

    /** Where the journal's engine keeps the groups of an epoch. */
    public Path journalDirectory(long epoch) {
        return layout.journal(epoch);
    }

    /** The Raft group of an epoch. */
    public UUID group(long epoch) {
        return ClusterIds.groupId(identity.clusterId(), Layout.STORE, epoch);
    }

    /** What a recovery, this or an earlier one, has promised. */
    public Optional<Seal> seal() {
        return notes.seal();
    }

    /** What {@link #order(byte[])} wrote. */
    public Optional<byte[]> order() {
        return notes.order();
    }

    /** Where that is. */
    public Path orderFile() {
        return layout.order();
    }

    /** Writes down what the recovery is to do, in place of an earlier one, so that it can be resumed by whoever has nothing but the directory. */
    public void order(byte[] order) {
        notes.order(order);
    }

    /** Where a recovery puts what it takes from a member of another process, named as in an epoch's directory; need not exist. No member looks there. */
    public Path fetchedDirectory() {
        return layout.fetched();
    }

    /** The journal among that. */
    public Path fetchedJournal() {
        return layout.fetched().resolve("journal");
    }

    /**
     * Deletes what was fetched.
     *
     * @return whether there was anything
     */
    public boolean discardFetched() {
        return notes.discardFetched();
    }

    /** Where {@link #branch} puts it. */
    public Path branchFile() {
        return layout.branch(epoch());
    }

    /** Keeps what the live epoch has here and nowhere it went on: one file for each epoch, in place of what an attempt before has put there. */
    public void branch(byte[] content) {
        notes.branch(epoch(), content);
    }

    /** What {@link #intend} wrote, when it was neither carried out nor taken away since. */
    public Optional<byte[]> intent() {
        return notes.intent();
    }

    /** Where that is. */
    public Path intentFile() {
        return layout.intent();
    }

    /** Writes down a recovery that is to be carried out when a member is opened here next, in place of one before. */
    public void intend(byte[] intent) {
        notes.intend(intent);
    }

    /** Whether the intent of a recovery was carried out or taken away, as far as is remembered here. */
    public boolean isSpent(UUID recovery) {
        return notes.isSpent(recovery);
    }

    /** Keeps the intent under the name of its recovery, under which nothing is ever carried out; nothing when there is none. */
    public void spend(UUID recovery) {
        notes.spend(recovery);
    }

    /** Deletes an intent of which nobody can say what it asks for; nothing when there is none. */
    public void discardIntent() {
        notes.discardIntent();
    }

    /** How the live epoch began; empty for the first one. */
    public Optional<Genesis> genesis() {
        return epochs.genesis(epoch());
    }

    /** A number for the next epoch that no epoch of this directory had. */
    public long unusedEpoch() {
        return 1 + Math.max(epoch(), seal().map(Seal::next).orElse(0L));
    }

    /** Writes a promise down, in place of one before. */
    public void seal(Seal seal) {
        notes.seal(seal);
    }

    /**
     * Makes room for an epoch: deletes what was cut off before, and creates its directory.
     *
     * @param epoch of which {@link #seal} says that it is next
     * @return its directory, empty
     */
    public Path begin(long epoch) {
        checkLater(epoch);
        epochs.create(epoch);
        return layout.epoch(epoch);
    }

    /** Deletes what was begun and never became live. */
    public void giveUp(long epoch) {
        checkLater(epoch);
        epochs.delete(epoch);
    }

    private void checkLater(long epoch) {
        if (epoch <= epoch()) {
            throw new IllegalArgumentException("not a later epoch: live=" + epoch() + " asked=" + epoch);
        }
    }

    /**
     * Writes down how the epoch begins and who is in it, makes everything in its directory findable, and makes it the live one.
     *
     * @param next who is in it: formed, of the epoch of the genesis
     */
    public void publish(Membership next, Genesis genesis) {
        long epoch = genesis.epoch();
        if (next.epoch() != epoch || !next.formed() || genesis.previous() != epoch()) {
            throw new IllegalArgumentException(
                    "not the next epoch: live=" + epoch() + " genesis=" + genesis + " membership=" + next);
        }
        epochs.publish(next, genesis);
        membership = next;
        log.info(
                "epoch begins: directory={} epoch={} previous={} tip={} recovery={}",
                layout.root(),
                epoch,
                genesis.previous(),
                genesis.tip(),
                genesis.recovery());
    }

    /**
     * Makes an epoch in which others are the live one, for a member that enters it with nothing; the epoch before stays as it is.
     *
     * @param next who the member is there; of the same cluster, token and time of creation
     * @param entered who is in it: not formed, of a later epoch
     */
    public void adopt(Identity next, Membership entered) {
        if (entered.epoch() <= epoch() || entered.formed() || !next.clusterId().equals(identity.clusterId())) {
            throw new IllegalArgumentException(
                    "not an epoch to enter: live=" + epoch() + " asked=" + entered + " cluster=" + next.clusterId());
        }
        long epoch = entered.epoch();
        begin(epoch);
        epochs.enter(entered, next);
        identity = next;
        membership = entered;
        log.info("epoch is entered: directory={} epoch={} member={}", layout.root(), epoch, next.incarnation());
    }

    /** {@code ROLE} says what the live epoch does: the member it was built for has a vote. To be repeated after {@link #publish} was cut off. */
    public void settleRole() {
        MemberRole role = membership
                .member(identity.memberName())
                .map(Membership.Member::role)
                .orElse(identity.role());
        if (role != identity.role()) {
            replaceRole("write the role", identity.withRole(role));
        }
    }

    /** {@code ROLE} says where the member listens in the live epoch. To be repeated after {@link #publish} was cut off. */
    public void settleAddress(String address) {
        if (!address.equals(identity.address())) {
            replaceRole("write the address", identity.withAddress(address));
        }
    }

    private void replaceRole(String what, Identity changed) {
        files.replace(what, layout.role(), IdentityFiles.role(changed));
        identity = changed;
    }

    /**
     * Makes the epoch before the live one again, and sets the other aside.
     *
     * @param previous must be there
     */
    public void takeBack(long previous) {
        long taken = epoch();
        Membership before = epochs.membership(previous)
                .orElseThrow(() -> Refusals.incomplete(layout.root(), "missing=" + layout.membership(previous)));
        epochs.returnTo(previous);
        membership = before;
        setAside(taken);
        log.info("epoch was taken back: directory={} epoch={} live={}", layout.root(), taken, previous);
    }

    /** Gives an epoch that is not live a name that is none of an epoch; nothing when it is not there. */
    public void setAside(long epoch) {
        if (epoch != epoch()) {
            epochs.setAside(epoch);
        }
    }

    /** Gives the directory free. Idempotent, never fails. */
    @Override
    public void close() {
        lock.close();
    }
}
