package io.metastore.raft.offline;

import io.metastore.api.ConfigurationException;
import io.metastore.api.MemberAddress;
import io.metastore.api.Secret;
import io.metastore.api.Tls;
import io.metastore.api.spi.OpenSettings;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.FileLayer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out a recovery that somebody asked for by a file beside the data, before a member is opened there: for applications that cannot call code. Found by {@link
 * ServiceLoader}; the module metastore-recovery brings the one implementation.
 *
 * <p>The file is the consent to one recovery of one directory as it was then, and is gone when the recovery is done. It is no setting: nothing that can be left on
 * makes a member recover when it starts.
 */
public interface RecoveryAtOpen {

    /**
     * What is opened.
     *
     * @param expectation what the directory must be for its member to be opened; nothing is recovered for an opening that would be refused
     * @param token that members demand of whoever asks them; empty for a cluster without
     * @param tls as the member has it; empty for a cluster without
     */
    record Opening(Path directory, Expectation expectation, Optional<Secret> token, Optional<Tls> tls) {

        /** By an application. */
        public static Opening of(OpenSettings settings) {
            MemberAddress self = settings.member();
            return new Opening(
                    settings.directory(),
                    self == null
                            ? Expectation.single()
                            : Expectation.member(self, ClusterIds.tokenDigest(settings.clusterToken())),
                    Optional.ofNullable(settings.clusterToken()),
                    Optional.ofNullable(settings.tls()));
        }
    }

    /**
     * Carries the recovery out, or says why there is none to carry out any more. Blocks, also for members of other processes that are part of it; the lock of the directory is free before and after. Cut off at any point, it
     * is to be called again.
     *
     * @return what was done, in words, for the log; empty when somebody else did it meanwhile
     * @throws io.metastore.api.RecoveryRefusedException it cannot be carried out as it was consented to; nothing was changed, or the message says what was
     * @throws io.metastore.api.MetastoreException as for {@link EpochSuccession#open}, of this directory or of one that is to be sealed
     */
    String carryOut(FileLayer files, Opening opening);

    /**
     * Does so if a recovery was asked for in the directory; otherwise looks for one name in it and returns.
     *
     * @throws ConfigurationException one was asked for, and nobody here can carry it out; nothing was changed
     */
    static void ifIntended(FileLayer files, Opening opening) {
        Path directory = opening.directory();
        if (!EpochSuccession.isIntended(files, directory)) {
            return;
        }
        List<RecoveryAtOpen> found = new ArrayList<>();
        ServiceLoader.load(RecoveryAtOpen.class).forEach(found::add);
        if (found.isEmpty()) {
            // A context class loader may see less than the loader of this class does.
            ServiceLoader.load(RecoveryAtOpen.class, RecoveryAtOpen.class.getClassLoader())
                    .forEach(found::add);
        }
        if (found.size() != 1) {
            throw new ConfigurationException("a recovery was asked for by a file, and "
                    + (found.isEmpty() ? "nothing on the class path can carry it out" : "several could: " + found)
                    + ": file=" + directory.resolve("INTENT")
                    + "; nothing was changed; have io.metastore:metastore-recovery on the class path once, or take the file away"
                    + " with 'metastore intent --cancel " + directory + "'");
        }
        boolean interrupted = Thread.interrupted(); // Kept for afterwards, as by everything else that opens.
        try {
            String done = found.get(0).carryOut(files, opening);
            if (!done.isEmpty()) {
                Logger log = LoggerFactory.getLogger(RecoveryAtOpen.class);
                log.warn("recovery was asked for by a file: directory={} {}", directory, done);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
