package io.metastore.snapshot.image;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Membership.Member;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.StateCheckpoint;
import io.metastore.snapshot.state.StateCheckpoint.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A state that is only its files: a table file shared with the living state, and one that says how far it has come. For tests of names and bytes. */
final class PaperState {

    static final Lineage LINEAGE = new Lineage(new UUID(1, 2), "main", 1);
    static final ImageFacts FACTS = ImageFacts.checkpoint(
            "fe1",
            new Membership(1, true, 0, List.of(new Member("fe1", "fe1:9010", MemberRole.VOTER, Optional.empty()))),
            null,
            Instant.EPOCH);

    private static final String CURRENT = "CURRENT";
    private static final String TABLE = "000001.sst";

    private PaperState() {}

    static AppliedState at(long index) {
        LogPosition position = new LogPosition(1, index);
        return new AppliedState(position, new Revision(1, index, position), index, 7, 0);
    }

    /** Writes what a checkpoint would; forces nothing. */
    static StateCheckpoint checkpoint(FileLayer files, Path live, Path directory, long index) {
        try {
            files.createDirectory(directory);
            files.link(live.resolve(TABLE), directory.resolve(TABLE));
            files.write(directory.resolve(CURRENT), 0, String.valueOf(index).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw ImageErrors.unusable("checkpoint", directory, e);
        }
        return new StateCheckpoint(directory, List.of(new Moment(index, at(index))));
    }

    /** The directory of the living state, durable. */
    static void create(FileLayer files, Path live) throws IOException {
        files.createDirectories(live);
        files.writeNew(live.resolve(TABLE), new byte[] {1, 2, 3, 4});
        files.forceDirectory(live);
    }

    static Inspector inspector(FileLayer files) {
        return directory -> new Inspector.Inspected() {
            private final long index = index();

            private long index() {
                try {
                    return Long.parseLong(new String(files.read(directory.resolve(CURRENT)), StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw ImageErrors.unusable("inspect", directory, e);
                }
            }

            @Override
            public long sequence() {
                return index;
            }

            @Override
            public AppliedState at() {
                return PaperState.at(index);
            }

            @Override
            public String recomputed() {
                return PaperState.at(index).fingerprint();
            }

            @Override
            public void close() {}
        };
    }

    /** Makes an image of the state at an index. */
    static PersistedImage make(FileLayer files, ImageStore store, Path live, long index) {
        try (PendingImage pending = store.begin()) {
            return pending.persist(checkpoint(files, live, pending.directory(), index), FACTS);
        }
    }

    /** Every file is what the manifest says, to the last bit. */
    static boolean isWhole(FileLayer files, PersistedImage image) {
        try {
            for (ImageFile file : image.manifest().files()) {
                if (!Sha256.of(files, image.directory().resolve(file.name()), read -> {})
                        .equals(file.sha256())) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
