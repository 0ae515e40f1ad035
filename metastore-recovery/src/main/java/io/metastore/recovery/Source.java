package io.metastore.recovery;

import io.metastore.api.MetaStore;
import io.metastore.api.Secret;
import io.metastore.api.Tls;
import io.metastore.raft.live.LiveMember;
import io.metastore.raft.remote.RemoteMember;
import io.metastore.recovery.survey.CopyOrigin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Somewhere that a copy of a member's data, or a part of it, can be read. Immutable; nothing is opened before a survey. */
public sealed interface Source {

    /**
     * The directory of a member, stopped or running: on its own disk, or on that disk mounted elsewhere. What is there is taken for the last that the member ever
     * wrote; say {@link Directory#asBackup} when it is not.
     */
    static Directory directory(Path path) {
        return new Directory(path, path.toString(), false);
    }

    /**
     * The member of a store that is open in this process. When it goes on after a recovery the store does too: it is not closed, and local reads are served all the
     * while.
     *
     * @param store of this library, a member of a cluster
     */
    static Store store(MetaStore store) {
        Path directory = LiveMember.of(store).directory();
        return new Store(directory, directory.toString());
    }

    /** {@link #member(String, Secret, Tls)} of a cluster without token and certificates. */
    static Member member(String address) {
        return member(address, Access.OPEN);
    }

    /** {@link #member(String, Secret, Tls)} with what it takes in one. */
    static Member member(String address, Access access) {
        return new Member(address, access, address);
    }

    /** {@link #member(String, Secret, Tls)} of a cluster without certificates. */
    static Member member(String address, Secret token) {
        return new Member(address, Access.with(token), address);
    }

    /**
     * A member that runs in another process, here or on another host. It looks at its directory itself, beside what it does otherwise; it needs metastore-recovery on
     * its class path. When it does not answer within a {@link Member#within deadline} that is a finding, and no plan is made without it unless somebody says that it
     * is gone.
     *
     * @param address {@code host:port} where it listens
     * @param token of its cluster
     * @param tls as a member of its cluster has it
     */
    static Member member(String address, Secret token, Tls tls) {
        return new Member(address, Access.with(token, tls), address);
    }

    /** The directory of one image, {@code image.88000}, wherever it is. */
    static Image image(Path path) {
        return new Image(path, path.toString());
    }

    /** A file with one exported image. */
    static Archive archive(Path path) {
        return new Archive(path, path.toString());
    }

    /** Where that is, and what it is called. */
    CopyOrigin origin();

    /** The same, called so in tables and messages: the host that it is from, for example, when a disk was mounted elsewhere. */
    Source labelled(String label);

    /**
     * A member's directory.
     *
     * @param backup whether it is an older copy, which proves nothing about what its member acknowledged later
     */
    record Directory(Path path, String label, boolean backup) implements Source {

        /** The same as an older copy of a directory: taken before its member stopped, or put back from a backup. */
        public Directory asBackup() {
            return new Directory(path, label, true);
        }

        @Override
        public CopyOrigin origin() {
            return new CopyOrigin(
                    backup ? CopyOrigin.Kind.BACKUP : CopyOrigin.Kind.DIRECTORY, path.toAbsolutePath(), label);
        }

        @Override
        public Directory labelled(String text) {
            return new Directory(path, text, backup);
        }
    }

    /**
     * The member of an open store.
     *
     * @param path real path of its directory
     */
    record Store(Path path, String label) implements Source {
        @Override
        public CopyOrigin origin() {
            return new CopyOrigin(CopyOrigin.Kind.STORE, path, label);
        }

        @Override
        public Store labelled(String text) {
            return new Store(path, text);
        }
    }

    /**
     * A member of another process.
     *
     * @param access how it is reached
     */
    record Member(String address, Access access, String label) implements Source {

        public Member {
            RemoteMember.checkAddress(address);
        }

        /** The same, given so much time to answer; the default is 30 s. A journal on a slow disk takes it a second per hundred megabytes and more. */
        public Member within(Duration deadline) {
            return new Member(address, access.within(deadline), label);
        }

        @Override
        public CopyOrigin origin() {
            return new CopyOrigin(CopyOrigin.Kind.MEMBER, Path.of(""), label, Optional.of(address));
        }

        @Override
        public Member labelled(String text) {
            return new Member(address, access, text);
        }
    }

    /** One image. */
    record Image(Path path, String label) implements Source {
        @Override
        public CopyOrigin origin() {
            return new CopyOrigin(CopyOrigin.Kind.IMAGE, path.toAbsolutePath(), label);
        }

        @Override
        public Image labelled(String text) {
            return new Image(path, text);
        }
    }

    /** An exported file. */
    record Archive(Path path, String label) implements Source {
        @Override
        public CopyOrigin origin() {
            return new CopyOrigin(CopyOrigin.Kind.ARCHIVE, path.toAbsolutePath(), label);
        }

        @Override
        public Archive labelled(String text) {
            return new Archive(path, text);
        }
    }
}
