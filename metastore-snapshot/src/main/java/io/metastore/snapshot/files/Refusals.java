package io.metastore.snapshot.files;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The wording of refusals that several classes here make: what, where, expected and found, what to do. */
public final class Refusals {

    private Refusals() {}

    static CorruptStateException damaged(Path file, String expected, String found, @Nullable RuntimeException cause) {
        return new CorruptStateException(
                "a file is damaged: file=" + file + " expected: " + expected + " found: " + found
                        + "; nothing was changed; put back a copy of the file, or remove this member from its cluster and add it"
                        + " again with an empty directory",
                cause);
    }

    static CorruptStateException incomplete(Path directory, String what) {
        return new CorruptStateException("the directory is incomplete: directory=" + directory + " " + what
                + "; nothing was changed; put back what is missing from a copy, or remove this member from its cluster and add"
                + " it again with an empty directory");
    }

    static DirectoryMismatchException newerFormat(Path file, long found, long known) {
        return new DirectoryMismatchException("a file was written by a newer version of this library: file=" + file
                + " foundFormat=" + found + " newestKnownFormat=" + known
                + "; nothing was changed; start this member with the newer version again");
    }

    static DirectoryMismatchException mismatch(Path directory, String what, Object asked, Object found) {
        return new DirectoryMismatchException("the directory is not what was asked for: directory=" + directory + " "
                + what + ": asked=" + asked + " found=" + found
                + "; nothing was changed; check the path and the settings of this member");
    }

    static DirectoryMismatchException mixed(Path file, String expected, String found) {
        return new DirectoryMismatchException(
                "a file belongs to another directory: file=" + file + " expected: " + expected + " found: " + found
                        + "; nothing was changed; put this member's directory back as a whole, or, when only this file is foreign,"
                        + " delete it");
    }

    static DirectoryMismatchException emptied(Path directory, String missing) {
        return new DirectoryMismatchException(
                "the directory belongs to a member but its data is gone: directory=" + directory + " missing=" + missing
                        + "; nothing was changed; if a disk is not mounted, mount it and open again; if the data is lost, remove"
                        + " this member from its cluster and add it again with an empty directory, or recover");
    }

    /** Whether an error is about rights, a read-only or a full file system: it says nothing about what the files hold, and goes when that is mended. */
    public static boolean isOfFileSystem(IOException cause) {
        String text = text(cause);
        return isReadOnly(text) || isDenied(cause, text) || isFull(text);
    }

    /** What is wrong with the file system of a directory, and what to do. */
    public static DirectoryUnusableException unusable(Path directory, String doing, IOException cause) {
        return new DirectoryUnusableException(
                "the directory cannot be used: directory=" + directory + " while=" + doing + " error=" + cause + "; "
                        + remedy(cause),
                cause);
    }

    private static String remedy(IOException cause) {
        String text = text(cause);
        if (cause instanceof NotDirectoryException
                || cause instanceof FileAlreadyExistsException
                || text.contains("not a directory")) {
            return "a file or a dangling link stands where a directory is needed: move it away or choose another path";
        }
        if (isReadOnly(text)) {
            return "the file system is read-only: mount it writable, and look into the kernel log in case an error made it so";
        }
        if (isDenied(cause, text)) {
            return "give the user of this process the right to read and write it and everything below it";
        }
        if (isFull(text)) {
            return "free space on its file system, then open again";
        }
        return "check the disk and the kernel log, then open again";
    }

    private static String text(IOException cause) {
        String reason = cause instanceof FileSystemException e ? String.valueOf(e.getReason()) : cause.getMessage();
        return String.valueOf(reason).toLowerCase(Locale.ROOT);
    }

    private static boolean isReadOnly(String text) {
        return text.contains("read-only");
    }

    private static boolean isDenied(IOException cause, String text) {
        return cause instanceof AccessDeniedException
                || text.contains("not permitted")
                || text.contains("permission denied");
    }

    private static boolean isFull(String text) {
        return text.contains("no space") || text.contains("quota");
    }
}
