package io.metastore.recovery.branch;

import io.metastore.api.CommandType;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import io.metastore.recovery.branch.BranchEntries.Definitions;
import io.metastore.recovery.inspect.EntryContent.Batch;
import io.metastore.recovery.inspect.InspectedEntry;
import io.metastore.recovery.inspect.InspectedTransaction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Entries of an epoch that its cluster went on without: in a directory that keeps them, or in a file they were exported to. Whether one of their writes was
 * acknowledged is not in them; the verdict of the recovery says what may have been.
 *
 * <p>Immutable; callable from any thread. Reading changes nothing.
 */
public final class Branch {

    private final BranchFacts facts;
    private final BranchEntries entries;
    private final Definitions definitions;

    Branch(BranchFacts facts, BranchEntries entries, Definitions definitions) {
        this.facts = facts;
        this.entries = entries;
        this.definitions = definitions;
    }

    /**
     * Reads the header of a file that {@link #export} wrote, after its checksum was verified.
     *
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read
     * @throws io.metastore.api.CorruptStateException it is not as it was written
     * @throws io.metastore.api.DirectoryMismatchException a newer version wrote it
     */
    public static Branch load(Path file) {
        return BranchFile.load(file);
    }

    /** What it is. */
    public BranchFacts facts() {
        return facts;
    }

    /** Where its entries are: the directory of a journal, or a file. */
    public String place() {
        return entries.place();
    }

    /** The same, with keys and values of these tables decoded into the application's objects. */
    public Branch with(TableDef<?, ?>... tables) {
        List<TableDef<?, ?>> all = new ArrayList<>(definitions.tables());
        all.addAll(List.of(tables));
        return new Branch(facts, entries, new Definitions(all, definitions.commands()));
    }

    /** The same, with arguments of these commands decoded into the application's objects. Handlers are not run. */
    public Branch withCommands(CommandType<?, ?>... commands) {
        List<CommandType<?, ?>> all = new ArrayList<>(definitions.commands());
        all.addAll(List.of(commands));
        return new Branch(facts, entries, new Definitions(definitions.tables(), all));
    }

    /**
     * Shows its entries in order, on this thread; those of the engine and of the cluster itself too.
     *
     * @throws io.metastore.api.DirectoryUnusableException they cannot be read
     */
    public void entries(Consumer<InspectedEntry> consumer) {
        entries.each(definitions, consumer);
    }

    /**
     * Shows the transactions of the application in order, on this thread.
     *
     * @throws io.metastore.api.DirectoryUnusableException they cannot be read
     */
    public void transactions(Consumer<BranchTransaction> consumer) {
        entries.read(definitions, (entry, repeated) -> transactions(entry, repeated, consumer));
    }

    /** All of them at once. */
    public List<BranchTransaction> transactions() {
        List<BranchTransaction> all = new ArrayList<>();
        transactions(all::add);
        return all;
    }

    static void transactions(InspectedEntry entry, boolean repeated, Consumer<BranchTransaction> consumer) {
        if (!(entry.content() instanceof Batch batch)) {
            return;
        }
        int place = 0;
        for (InspectedTransaction each : batch.transactions()) {
            BranchTransaction transaction = new BranchTransaction(
                    entry.position(), batch.leaderTime(), batch.session(), batch.sequence(), place++, repeated, each);
            if (transaction.isOfApplication()) {
                consumer.accept(transaction);
            }
        }
    }

    /**
     * Writes it to one file that {@link #load} reads; see {@code docs/branch-format.md}. Durable when it returns; the file is there whole or not at all, and takes the
     * place of one of its name. In memory while it is written.
     *
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read or written
     */
    public void export(Path file) {
        BranchFile.write(facts, entries, file);
    }

    /**
     * Proposes its transactions again, in order, each as the resolver decides. Blocks, for each within the store's deadline.
     *
     * <p>Exactly once: what is applied is noted in the state, in the same transaction, under the name of its batch. So nothing is applied twice, however often this
     * is called, after a crash at any point, from several members' copies of the same entries, or from an exported file; nor what the history has already, as far
     * as sessions are remembered. What was skipped is asked about again. Call it when no caller of the time before the recovery waits for a write any more: one
     * that did could have the same batch committed afterwards.
     *
     * @param store of the cluster that went on, with a leader
     * @param resolver {@link Resolver#UNCHANGED} applies what nobody has changed meanwhile; called on this thread, several times for one transaction when others
     *     write the same keys
     * @throws io.metastore.api.RecoveryRefusedException {@code OTHER_CLUSTER}: the branch is not of the store's cluster
     * @throws io.metastore.api.MetastoreException as a write would; what was done before stays, call it again
     */
    public Reproposal repropose(MetaStore store, Resolver resolver) {
        return new Reproposing(this, store, resolver, definitions).run();
    }

    /** A line. */
    @Override
    public String toString() {
        return facts + "; in " + place();
    }
}
