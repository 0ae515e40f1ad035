package io.metastore.snapshot.internal.rocksdb;

import io.metastore.api.CorruptStateException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Opens a store, or says why it must not be opened: what RocksDB would take for a new or older store is refused before it sees it. */
final class RocksOpening {

    private final FileLayer files;
    private final Path directory;
    private final RocksSettings settings;

    RocksOpening(FileLayer files, Path directory, RocksSettings settings) {
        this.files = files;
        this.directory = directory.toAbsolutePath();
        this.settings = settings;
    }

    RocksStore open(BooleanSupplier replaceable) {
        RocksDB.loadLibrary();
        boolean create;
        FlushMark mark;
        try {
            create = prepare(replaceable);
            mark = FlushMark.check(files, directory);
        } catch (IOException e) {
            throw new StoreFailedException(
                    "state directory cannot be read or written: directory=" + directory + " reason=" + e
                            + "; check the disk, then open again",
                    e);
        }
        RocksStore store = open(mark, false, handles -> RocksConfiguration.database(settings, create, handles));
        try {
            store.mark(); // Opening begins a new MANIFEST.
            return store;
        } catch (RuntimeException | Error e) {
            store.abandon();
            throw e;
        }
    }

    /** Opens what is there without writing anything into the directory: no lock, no log, no new MANIFEST. */
    RocksStore openReadOnly() {
        RocksDB.loadLibrary();
        FlushMark mark;
        try {
            if (files.kind(directory.resolve("CURRENT")) != Kind.FILE) {
                throw new CorruptStateException(
                        "no state in RocksDB is there: directory=" + directory + " missing=CURRENT");
            }
            mark = FlushMark.check(files, directory);
        } catch (IOException e) {
            throw new StoreFailedException(
                    "state directory cannot be read: directory=" + directory + " reason=" + e
                            + "; check the disk, then try again",
                    e);
        }
        return open(mark, true, handles -> RocksConfiguration.reading(settings, handles));
    }

    private RocksStore open(@Nullable FlushMark mark, boolean readOnly, Function<Handles, DBOptions> configuration) {
        Handles handles = new Handles();
        List<ColumnFamilyHandle> opened = new ArrayList<>();
        try {
            DBOptions options = configuration.apply(handles);
            Map<Family, ColumnFamilyOptions> familyOptions = RocksConfiguration.families(settings, handles);
            List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
            for (Family family : Family.values()) {
                descriptors.add(new ColumnFamilyDescriptor(
                        family.rocksName().getBytes(StandardCharsets.UTF_8),
                        Objects.requireNonNull(familyOptions.get(family))));
            }
            String path = directory.toString();
            RocksDB db = handles.own(
                    readOnly
                            ? RocksDB.openReadOnly(options, path, descriptors, opened)
                            : RocksDB.open(options, path, descriptors, opened));
            opened.forEach(handles::own);
            Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);
            for (Family family : Family.values()) {
                ColumnFamilyHandle handle = opened.get(family.rocksId());
                if (handle.getID() != family.rocksId()) {
                    throw new CorruptStateException("state in RocksDB has its families in another order: directory="
                            + directory + " family=" + family + " expected=" + family.rocksId() + " found="
                            + handle.getID());
                }
                families.put(family, handle);
            }
            requireFlushed(mark, db.getLatestSequenceNumber());
            return new RocksStore(files, directory, settings.name(), readOnly, handles, db, families);
        } catch (RocksDBException e) {
            handles.close();
            throw Failures.opening(directory, e);
        } catch (RuntimeException | Error e) {
            handles.close();
            throw e;
        }
    }

    /** Says whether a new store is to be created, and makes sure that an existing one is never taken for a new one. */
    private boolean prepare(BooleanSupplier replaceable) throws IOException {
        files.createDirectories(directory);
        List<String> found = files.list(directory);
        UnfinishedStore unfinished = new UnfinishedStore(files, directory);
        if (!found.isEmpty() && unfinished.holdsNothing(found) && replaceable.getAsBoolean()) {
            unfinished.delete(found);
            return true;
        }
        if (!found.isEmpty() && !found.contains("CURRENT")) {
            throw new CorruptStateException("state in RocksDB has lost its CURRENT file: directory=" + directory
                    + " files=" + found.size() + " found=" + found.subList(0, Math.min(10, found.size()))
                    + "; no file was replaced, rebuild it from an image");
        }
        return found.isEmpty();
    }

    private void requireFlushed(@Nullable FlushMark mark, long sequence) {
        if (mark != null && sequence < mark.sequence()) {
            throw new CorruptStateException("state in RocksDB is older than what was flushed: directory=" + directory
                    + " expected=" + mark.sequence() + " found=" + sequence + "; rebuild it from an image");
        }
    }
}
