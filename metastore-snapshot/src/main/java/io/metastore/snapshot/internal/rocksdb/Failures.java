package io.metastore.snapshot.internal.rocksdb;

import io.metastore.api.CorruptStateException;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.Refusals;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** RocksDB's failures in our words: damage, a file system that refuses, or a failed member. */
final class Failures {

    private Failures() {}

    /** A call on an open store failed. */
    static MetastoreException during(String action, Path directory, RocksDBException e) {
        Status status = e.getStatus();
        String facts = "action=" + action + " directory=" + directory + " reason=" + e.getMessage();
        if (status != null && status.getCode() == Status.Code.Corruption) {
            return new CorruptStateException(
                    "state in RocksDB is damaged: " + facts + "; rebuild this member's state from an image", e);
        }
        return new StoreFailedException(
                "state in RocksDB cannot be used any more: " + facts + "; check the disk, then reopen the store", e);
    }

    /** An existing store could not be opened. */
    static MetastoreException opening(Path directory, RocksDBException e) {
        Status status = e.getStatus();
        Status.Code code = status == null ? Status.Code.Undefined : status.getCode();
        String facts = "directory=" + directory + " code=" + code + " reason=" + e.getMessage();
        boolean locked =
                code == Status.Code.IOError && String.valueOf(e.getMessage()).contains("lock");
        if (locked) {
            return new StoreFailedException(
                    "state in RocksDB is open elsewhere: " + facts + "; close the other store first", e);
        }
        IOException error = error(e);
        if (code == Status.Code.IOError
                && (Refusals.isOfFileSystem(error) || !directory.toFile().canWrite())) {
            return Refusals.unusable(
                    directory, "opening the state in RocksDB", error); // Nobody may take it for damage.
        }
        // A missing or unreadable file shows as IOError, a directory without its parts as InvalidArgument.
        return new CorruptStateException(
                "state in RocksDB cannot be opened: " + facts + "; no file was replaced, rebuild it from an image", e);
    }

    /** What RocksDB says ends with the reason, behind what it did and to which file. */
    private static IOException error(RocksDBException e) {
        String message = String.valueOf(e.getMessage());
        int reason = message.lastIndexOf(": ") + 1;
        IOException error = new FileSystemException(
                message.substring(0, Math.max(0, reason - 1)),
                null,
                message.substring(reason).strip());
        error.initCause(e);
        return error;
    }
}
