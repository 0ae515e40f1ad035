package io.metastore.api;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The definition of a table: its name, how keys and values are encoded, and which version of the value format this build writes.
 *
 * <p>Immutable; a constant of the application, made once. The first use registers it in the cluster; a later definition under the same name
 * must have the same key codec, and the same value codec or a higher version. Codecs are compared by {@link Codec#id()}. A member whose
 * build defines a lower version than the registered one is refused with {@link IncompatibleTableException}: roll the new build out to all
 * members before the new version is first used.
 *
 * @param <K> key type
 * @param <V> value type
 */
public final class TableDef<K, V> {

    private final String name;
    private final KeyCodec<K> keyCodec;
    private final Codec<V> valueCodec;
    private final int version;
    private final Map<Integer, Function<byte[], V>> upgrades;

    private TableDef(
            String name,
            KeyCodec<K> keyCodec,
            Codec<V> valueCodec,
            int version,
            Map<Integer, Function<byte[], V>> upgrades) {
        this.name = name;
        this.keyCodec = keyCodec;
        this.valueCodec = valueCodec;
        this.version = version;
        this.upgrades = upgrades;
    }

    /**
     * Defines version 1 of a table.
     *
     * @param name 1 to 128 letters, digits, '.', '-', '_'; unique in the store
     * @throws IllegalArgumentException the name is none
     */
    public static <K, V> TableDef<K, V> of(String name, KeyCodec<K> keyCodec, Codec<V> valueCodec) {
        Objects.requireNonNull(keyCodec, "keyCodec");
        Objects.requireNonNull(valueCodec, "valueCodec");
        if (!name.matches("[A-Za-z0-9._-]{1,128}")) {
            throw new IllegalArgumentException(
                    "table name must be 1 to 128 letters, digits, '.', '-', '_': name='" + name + "'");
        }
        return new TableDef<>(name, keyCodec, valueCodec, 1, Map.of());
    }

    /**
     * The same table with another version of its value format.
     *
     * @param version 1 to 255; every value is stored with the version it was written in, and stays as it is until it is written again
     * @throws IllegalArgumentException the version is out of range
     */
    public TableDef<K, V> version(int version) {
        if (version < 1 || version > 255) {
            throw new IllegalArgumentException("table version must be 1 to 255: table=" + name + " version=" + version);
        }
        return new TableDef<>(name, keyCodec, valueCodec, version, upgrades);
    }

    /**
     * How to read values that an older version of this table wrote.
     *
     * @param old the older version, below this table's
     * @param upgrade from the stored bytes to today's value; pure, called on every read of such a value, on the reading thread; throws
     *     {@link CodecException} for bytes it cannot read
     * @throws IllegalArgumentException the older version is not below this table's
     */
    public TableDef<K, V> upgradeFrom(int old, Function<byte[], V> upgrade) {
        if (old < 1 || old >= version) {
            throw new IllegalArgumentException(
                    "can only upgrade from an older version: table=" + name + " version=" + version + " from=" + old);
        }
        TreeMap<Integer, Function<byte[], V>> more = new TreeMap<>(upgrades);
        more.put(old, Objects.requireNonNull(upgrade, "upgrade"));
        return new TableDef<>(name, keyCodec, valueCodec, version, Collections.unmodifiableMap(more));
    }

    public String name() {
        return name;
    }

    public KeyCodec<K> keyCodec() {
        return keyCodec;
    }

    public Codec<V> valueCodec() {
        return valueCodec;
    }

    public int version() {
        return version;
    }

    /**
     * Decodes a stored value.
     *
     * @param storedVersion the table version that wrote the bytes
     * @throws CodecException the bytes do not fit, or no upgrade from that version was given
     */
    public V decodeValue(int storedVersion, byte[] bytes) {
        if (storedVersion == version) {
            return valueCodec.decode(bytes);
        }
        Function<byte[], V> upgrade = upgrades.get(storedVersion);
        if (upgrade == null) {
            throw new CodecException("no upgrade for this value version: table=" + name + " stored=" + storedVersion
                    + " defined=" + version + "; add TableDef.upgradeFrom(" + storedVersion + ", ...)");
        }
        return upgrade.apply(bytes);
    }

    @Override
    public String toString() {
        return name + " v" + version + " (" + keyCodec.id() + " -> " + valueCodec.id() + ")";
    }
}
