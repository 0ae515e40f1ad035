package io.metastore.snapshot.files;

import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;

/** Where things are below a member directory. */
record Layout(Path root) {

    static final String STORE = "main";
    static final String LOCK = "LOCK";
    static final String VERSION = "VERSION";
    static final String ROLE = "ROLE";
    static final String STORES = "stores";
    static final String CURRENT = "CURRENT";
    static final String MEMBERSHIP = "membership";
    static final String ACKNOWLEDGED = "acknowledged";
    static final String IMAGES = "image";
    /** Whether the member takes part in its epoch at all; absent unless a recovery has been begun. */
    static final String SEAL = "SEAL";
    /** What a recovery that has been begun is to do. */
    static final String ORDER = "RECOVERY";
    /** What a recovery has fetched from another member and not yet taken over. */
    static final String FETCHED = "fetched";
    /** How the epoch began; absent in the first one. */
    static final String GENESIS = "GENESIS";
    /** A recovery that is to be carried out at the next opening, once. */
    static final String INTENT = "INTENT";
    /** Exists while a directory is being initialised: whatever else is there does not count. */
    static final String INITIALIZING = "INITIALIZING";
    /** What file systems put into the root of a disk. */
    static final String LOST_AND_FOUND = "lost+found";

    private static final String EPOCH_PREFIX = "epoch-";

    Path lock() {
        return root.resolve(LOCK);
    }

    Path initializing() {
        return root.resolve(INITIALIZING);
    }

    Path version() {
        return root.resolve(VERSION);
    }

    Path role() {
        return root.resolve(ROLE);
    }

    Path intent() {
        return root.resolve(INTENT);
    }

    /** What becomes of the intent of a recovery that was carried out or taken away. */
    Path spentIntent(UUID recovery) {
        return root.resolve(INTENT + "." + recovery);
    }

    Path stores() {
        return root.resolve(STORES);
    }

    Path store() {
        return stores().resolve(STORE);
    }

    Path current() {
        return store().resolve(CURRENT);
    }

    Path epoch(long epoch) {
        return store().resolve(epochName(epoch));
    }

    Path order() {
        return store().resolve(ORDER);
    }

    Path fetched() {
        return store().resolve(FETCHED);
    }

    /** What members had of epochs that went on without it, a file each. */
    Path branches() {
        return store().resolve("branches");
    }

    Path branch(long epoch) {
        return branches().resolve(epochName(epoch) + ".jsonl");
    }

    Path seal() {
        return store().resolve(SEAL);
    }

    Path genesis(long epoch) {
        return epoch(epoch).resolve(GENESIS);
    }

    Path membership(long epoch) {
        return epoch(epoch).resolve(MEMBERSHIP);
    }

    Path acknowledged(long epoch) {
        return epoch(epoch).resolve(ACKNOWLEDGED);
    }

    Path journal(long epoch) {
        return epoch(epoch).resolve("journal");
    }

    Path images(long epoch) {
        return epoch(epoch).resolve(IMAGES);
    }

    Path state(long epoch) {
        return epoch(epoch).resolve("state");
    }

    Path scratch(long epoch) {
        return epoch(epoch).resolve("scratch");
    }

    static String epochName(long epoch) {
        return EPOCH_PREFIX + String.format(Locale.ROOT, "%06d", epoch);
    }

    /** Whether {@link #epochOf} takes it. */
    static boolean isEpochName(String name) {
        return name.matches("epoch-[0-9]{6,18}")
                && isEpoch(name, Long.parseLong(name.substring(EPOCH_PREFIX.length())));
    }

    private static boolean isEpoch(String name, long epoch) {
        return epoch >= 1 && epochName(epoch).equals(name);
    }

    /** The inverse of {@link #epochName}; refuses all other names. */
    static long epochOf(String name) {
        if (isEpochName(name)) {
            return Long.parseLong(name.substring(EPOCH_PREFIX.length()));
        }
        throw new IllegalArgumentException("not the name of an epoch directory: '" + name + "'");
    }
}
