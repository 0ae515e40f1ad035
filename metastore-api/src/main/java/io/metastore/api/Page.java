package io.metastore.api;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a scan returned: entries of one revision, in key order or its reverse, and where to go on when the range's limit cut it short.
 * Immutable.
 *
 * @param <K> key type
 * @param <V> value type
 */
public final class Page<K, V> implements Iterable<Entry<K, V>> {

    private final List<Entry<K, V>> entries;
    private final @Nullable Range<K> next;
    private final Revision revision;

    public Page(List<Entry<K, V>> entries, @Nullable Range<K> next, Revision revision) {
        this.entries = List.copyOf(entries);
        this.next = next;
        this.revision = revision;
    }

    /** The entries, unmodifiable. */
    public List<Entry<K, V>> entries() {
        return entries;
    }

    /**
     * The range of the next page, with the same limit; empty when nothing was left at this page's revision. A later page may see a later
     * revision: to read many pages of one state, page inside {@link MetaStore#read}.
     */
    public Optional<Range<K>> next() {
        return Optional.ofNullable(next);
    }

    /**
     * The state all entries are of. Inside a transaction the one the body reads, without its own writes; inside a command {@link
     * Revision#NONE}.
     */
    public Revision revision() {
        return revision;
    }

    public int size() {
        return entries.size();
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    @Override
    public Iterator<Entry<K, V>> iterator() {
        return entries.iterator();
    }
}
