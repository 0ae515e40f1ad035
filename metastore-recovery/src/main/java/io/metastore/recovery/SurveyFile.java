package io.metastore.recovery;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.recovery.internal.json.JsonRecord;
import io.metastore.recovery.internal.survey.ContentsCodec;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A survey in a file: JSON with the format, its version, the copies, and a CRC-32C of the copies without spaces, so that the text may be laid out anew but not
 * changed.
 */
final class SurveyFile {
    private static final String FORMAT = "metastore-survey";
    private static final long VERSION = 1;

    private SurveyFile() {}

    static void save(Survey survey, Path file) {
        FileLayer layer = new DiskFileLayer();
        JsonRecord copies = copies(survey);
        String text = new JsonRecord()
                .with("format", FORMAT)
                .with("version", VERSION)
                .with("survey", copies)
                .with("checksum", checksum(copies))
                .pretty();
        try {
            AtomicFile.replace(layer, file.toAbsolutePath(), text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "a survey cannot be written: file=" + file + " error=" + e
                            + "; choose another directory, or free space on its file system",
                    e);
        }
    }

    static Survey load(Path file) {
        String text;
        try {
            text = new String(new DiskFileLayer().read(file.toAbsolutePath()), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "a survey cannot be read: file=" + file + " error=" + e + "; check the path and its permissions",
                    e);
        }
        try {
            return read(file, JsonRecord.parse(text));
        } catch (IllegalArgumentException e) {
            throw damaged(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static Survey read(Path file, JsonRecord in) {
        String format = in.text("format");
        if (!format.equals(FORMAT)) {
            throw new IllegalArgumentException("at=/format expected: " + FORMAT + " found: " + format);
        }
        long version = in.number("version");
        if (version > VERSION) {
            throw new DirectoryMismatchException("a survey was written by a newer version of this library: file=" + file
                    + " foundVersion=" + version + " newestKnownVersion=" + VERSION
                    + "; load it with the newer version, or make the survey again with this one");
        }
        if (version < 1) {
            throw new IllegalArgumentException("at=/version expected: 1 to " + VERSION + " found: " + version);
        }
        Survey survey = new Survey(in.record("survey", each -> each.records("copies", ContentsCodec::read)).stream()
                .map(SurveyedCopy::new)
                .toList());
        String expected = checksum(copies(survey));
        String found = in.text("checksum");
        in.end();
        if (!found.equals(expected)) {
            throw new IllegalArgumentException("at=/checksum expected: " + expected + " found: " + found);
        }
        return survey;
    }

    static JsonRecord copies(Survey survey) {
        return new JsonRecord()
                .with("copies", List.copyOf(survey.copies()), copy -> ContentsCodec.write(copy.contents()));
    }

    private static String checksum(JsonRecord copies) {
        CRC32C checksum = new CRC32C();
        checksum.update(copies.compact().getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(checksum.getValue() | 1L << 32).substring(1);
    }

    private static CorruptStateException damaged(Path file, String what, Throwable cause) {
        return new CorruptStateException(
                "a file is no survey as it was saved: file=" + file + " " + what
                        + "; save the survey again where the copies are, or copy the file anew",
                cause);
    }
}
