package io.metastore.raft.offline;

import io.metastore.raft.internal.images.Condemnation;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Why the live state of a member must not be used: it was found to be wrong while it was in use.
 *
 * @param reason for people
 * @param imagesUpTo images of later positions are not to be trusted either
 */
public record StateDoubt(String reason, long imagesUpTo) {

    /**
     * What is written down beside a state; empty when nothing speaks against it.
     *
     * @param state its directory; need not exist
     * @throws io.metastore.api.CorruptStateException it cannot be read
     */
    public static Optional<StateDoubt> of(FileLayer files, Path state) throws IOException {
        return Optional.ofNullable(Condemnation.read(files, state))
                .map(found -> new StateDoubt(found.reason(), found.imagesUpTo()));
    }
}
