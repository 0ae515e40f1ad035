package io.metastore.raft.internal.node;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetastoreException;
import io.metastore.api.Progress.Operation;
import io.metastore.api.UnavailableException;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.internal.engine.StoppedJournal;
import io.metastore.raft.internal.images.LongWork;
import io.metastore.raft.internal.images.Scratch;
import io.metastore.raft.internal.images.StateStart;
import io.metastore.raft.internal.transfer.FetchSettings;
import io.metastore.raft.internal.transfer.ImageFetcher;
import io.metastore.raft.internal.transfer.WaitingClock;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Trash;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.Lineage;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.image.StateDirectories;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What a member has on its disk besides the journal: images, and the state made of them and of the journal.
 *
 * @param lineage of the images
 * @param trash in a part of the scratch directory
 * @param fetcher gets images of other members
 * @param state open
 */
record Storage(
        Lineage lineage,
        ImageStore images,
        StateDirectories states,
        Scratch scratch,
        Trash trash,
        ImageFetcher fetcher,
        MetaState state) {

    /** How long opening waits for others when this member has nothing sound to start from. */
    private static final Duration PEERS_MAX = Duration.ofMinutes(5);

    /**
     * What it is opened with.
     *
     * @param journal in whose place an engine is to be opened
     */
    record Ground(
            OpenSettings settings,
            FileLayer files,
            MemberDirectory directory,
            Members members,
            Condition condition,
            CommandRuntime commands,
            StoppedJournal journal) {}

    /**
     * Opens it; what was opened is closed by the unwinding.
     *
     * @throws MetastoreException there is nothing sound to start from, or the disk refused
     */
    static Storage open(Ground ground, Unwinding unwinding) {
        MemberDirectory directory = ground.directory();
        FileLayer files = ground.files();
        Scratch scratch = new Scratch(files, directory.scratchDirectory());
        Lineage lineage = new Lineage(
                directory.identity().clusterId(), "main", directory.membership().epoch());
        ImageStore images = ImageStore.open(files, directory.imageDirectory(), lineage);
        images.leaveFree(ground.settings().checkpoints().freeBytesMin());
        Trash trash = new Trash(files, directory.scratchDirectory().resolve("trash"), System::nanoTime);
        images.deleteThrough(trash);
        StateDirectories states = new StateDirectories(files, directory.epochDirectory());
        Members members = ground.members();
        ImageFetcher fetcher = new ImageFetcher(
                new ImageFetcher.Ground(
                        members.self(),
                        members.transport(),
                        () -> members.peers().others(),
                        ground.condition()::leader),
                images,
                () -> !ground.condition().isClosed(),
                FetchSettings.defaults()
                        .bytesPerSecond(ground.settings().checkpoints().transferBytesPerSecond()),
                ground.settings().progress(),
                WaitingClock.SYSTEM);
        unwinding.add(fetcher::close);
        try {
            scratch.empty();
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "what an earlier process left cannot be cleared away: directory=" + directory.epochDirectory()
                            + " reason=" + e + "; check permissions and the disk",
                    e);
        }
        MetaState state = LongWork.run(
                members.self(),
                Operation.OPEN,
                ground.settings().progress(),
                ground.condition()::isClosed,
                work -> new StateStart(
                                new StateStart.Ground(
                                        members.self(),
                                        files,
                                        states,
                                        images,
                                        ground.journal(),
                                        directory.membership().formed(),
                                        directory.membership().beginsAt()),
                                MetaState.Options.defaults(members.self()),
                                ground.commands(),
                                index -> fetch(members, fetcher, index),
                                work)
                        .open());
        unwinding.add(state::close);
        return new Storage(lineage, images, states, scratch, trash, fetcher, state);
    }

    /** Null when there is nobody to ask. */
    private static @Nullable PersistedImage fetch(Members members, ImageFetcher fetcher, long index) {
        if (members.peers().others().isEmpty()) {
            return null;
        }
        try {
            return fetcher.fetch(index + 1).get(PEERS_MAX.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MetastoreException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new UnavailableException(
                    "no image came within the time: member=" + members.self() + " timeout=" + PEERS_MAX, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while an image was fetched: member=" + members.self(), e);
        }
    }
}
