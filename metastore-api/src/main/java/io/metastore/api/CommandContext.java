package io.metastore.api;

import java.time.Instant;

/**
 * The state as a command handler sees and changes it: that at the command's place in the journal, with the handler's own changes. Valid
 * until the handler returns, {@link IllegalStateException} after that; used on its thread only.
 *
 * <p>Limits are the same on every member, whatever its {@link Limits}: keys of 64 KiB, values of 2 MiB, 1,000,000 entries in a scan without a limit of its
 * own or in a range removal. Beyond them the command fails.
 */
public interface CommandContext {

    /**
     * A table, registered if it is new.
     *
     * @throws IncompatibleTableException the cluster knows it with other codecs or in a newer version
     */
    <K, V> TransactionTable<K, V> in(TableDef<K, V> table);

    /** The leader's time when it put the command into the journal, in milliseconds: the same on every member; never goes back. */
    Instant time();

    /** The next number of a sequence, the same one that {@link MetaStore#ids} draws from; given back when the handler throws. */
    long nextId(String sequence);
}
