package io.metastore.snapshot.files;

import java.nio.file.Path;
import java.util.Optional;

/** What somebody who opens a directory learns: whose it is and who is in the cluster, or that it is nobody's. */
record Observed(Optional<Identity> identity, Optional<Membership> membership) {

    static final Observed EMPTY = new Observed(Optional.empty(), Optional.empty());

    static Observed of(Identity identity, Membership membership) {
        return new Observed(Optional.of(identity), Optional.of(membership));
    }

    static Observed of(MemberDirectory directory) {
        return directory.isEmpty() ? EMPTY : of(directory.identity(), directory.membership());
    }

    /** Opens, looks, closes. */
    static Observed open(FileLayer layer, Path path, Expectation expectation) {
        try (MemberDirectory directory = MemberDirectory.open(layer, path, expectation)) {
            return of(directory);
        }
    }
}
