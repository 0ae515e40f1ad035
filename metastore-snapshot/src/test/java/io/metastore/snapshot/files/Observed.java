package io.metastore.snapshot.files;

import java.nio.file.Path;
import java.util.Optional;

/** What somebody who opens a directory learns: whose it is, who is in the cluster and what they have acknowledged, or that it is nobody's. */
record Observed(Optional<Identity> identity, Optional<Membership> membership, Acknowledgements acknowledged) {

    static final Observed EMPTY = new Observed(Optional.empty(), Optional.empty(), Acknowledgements.NONE);

    static Observed of(Identity identity, Membership membership) {
        return of(identity, membership, Acknowledgements.NONE);
    }

    static Observed of(Identity identity, Membership membership, Acknowledgements acknowledged) {
        return new Observed(Optional.of(identity), Optional.of(membership), acknowledged);
    }

    static Observed of(MemberDirectory directory) {
        return directory.isEmpty() ? EMPTY : of(directory.identity(), directory.membership(), directory.acknowledged());
    }

    /** Opens, looks, closes. */
    static Observed open(FileLayer layer, Path path, Expectation expectation) {
        try (MemberDirectory directory = MemberDirectory.open(layer, path, expectation)) {
            return of(directory);
        }
    }
}
