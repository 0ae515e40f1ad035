package io.metastore.recovery.internal.reset;

import io.metastore.raft.live.LiveMember;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Gets hold of members' directories: of one whose member is stopped by its lock, of one that a store of this process has open by suspending that store's member, which
 * goes on afterwards in the epoch that is the live one then.
 */
public final class Holding {
    private final FileLayer files;
    private final String why;
    private final Predicate<Path> mayRun;

    private Holding(FileLayer files, String why, Predicate<Path> mayRun) {
        this.files = files;
        this.why = why;
        this.mayRun = mayRun;
    }

    /** Holds stopped members' directories only. */
    public static Holding ofStopped(FileLayer files) {
        return new Holding(files, "", directory -> false);
    }

    /**
     * Holds those of members that run in this process too.
     *
     * @param why in words, for whoever uses these
     * @param mayRun for which directories that is asked for
     */
    public static Holding of(FileLayer files, String why, Predicate<Path> mayRun) {
        return new Holding(files, why, mayRun);
    }

    /**
     * Holds all of them while the action runs.
     *
     * @param directories in the order in which they are given to the action
     * @throws io.metastore.api.DirectoryInUseException a member that was not expected to run has one of them open
     */
    public <T> T all(List<Path> directories, Function<List<EpochSuccession>, T> action) {
        return all(directories, new ArrayList<>(), action);
    }

    /** Holds one of them while the action runs. */
    public <T> T one(Path directory, Function<EpochSuccession, T> action) {
        return all(List.of(directory), held -> action.apply(held.get(0)));
    }

    private <T> T all(List<Path> left, List<EpochSuccession> held, Function<List<EpochSuccession>, T> action) {
        if (left.isEmpty()) {
            return action.apply(List.copyOf(held));
        }
        Path directory = left.get(0);
        List<Path> rest = left.subList(1, left.size());
        Optional<LiveMember> running = mayRun.test(real(directory)) ? LiveMember.at(real(directory)) : Optional.empty();
        if (running.isPresent()) {
            return running.get().exchange(why, open -> {
                try (EpochSuccession succession = EpochSuccession.within(files, open)) {
                    held.add(succession);
                    return all(rest, held, action);
                }
            });
        }
        try (EpochSuccession succession = EpochSuccession.open(files, directory)) {
            held.add(succession);
            return all(rest, held, action);
        }
    }

    /** One that is not there is nobody's. */
    private Path real(Path directory) {
        try {
            return files.realPath(directory);
        } catch (IOException e) {
            return directory;
        }
    }
}
