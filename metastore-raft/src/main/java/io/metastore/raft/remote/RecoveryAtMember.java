package io.metastore.raft.remote;

import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Answers, at a running member, recoveries that are carried out elsewhere. Found by {@link ServiceLoader}; the module metastore-recovery brings the one
 * implementation, so a member answers when that is on its class path.
 */
public interface RecoveryAtMember {

    /**
     * Surveys the directory of a member that runs, beside it: reads and changes nothing. Blocks for as long as reading the journal takes.
     *
     * @param directory its real path
     * @param request how thoroughly, as {@link RemoteMember#survey} was given it
     * @param ended whether the member has been closed meanwhile, and nobody waits for the answer any more
     * @throws IllegalArgumentException the request is none that this build knows
     * @throws java.util.concurrent.CancellationException it has ended
     */
    byte[] survey(Path directory, byte[] request, BooleanSupplier ended);

    /**
     * Looks at a running member, gives a piece of its journal, or takes a step of a recovery with it. Returns soon: what takes long is begun, and whoever asks again is told how it came out.
     *
     * @param directory its real path
     * @param request as {@link RemoteMember#step} was given it
     * @param background runs what takes long, one after the other
     * @throws IllegalArgumentException the request is none that this build knows
     */
    byte[] step(Path directory, byte[] request, Executor background);

    /** The one of this process; empty when there is none. */
    static Optional<RecoveryAtMember> find() {
        Optional<RecoveryAtMember> found =
                ServiceLoader.load(RecoveryAtMember.class).findFirst();
        // A context class loader may see less than the loader of this class does.
        return found.isPresent()
                ? found
                : ServiceLoader.load(RecoveryAtMember.class, RecoveryAtMember.class.getClassLoader())
                        .findFirst();
    }
}
