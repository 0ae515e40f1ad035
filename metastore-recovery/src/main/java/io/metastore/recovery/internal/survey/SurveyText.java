package io.metastore.recovery.internal.survey;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.recovery.internal.json.JsonRecord;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyOrigin;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Copies as text: JSON with the format, its version, the copies, and a CRC-32C of the copies without spaces, so that the text may be laid out anew but not changed.
 */
public final class SurveyText {
    private static final String FORMAT = "metastore-survey";
    private static final long VERSION = 1;

    /** With members that were asked, which builds of version 1 do not know. */
    private static final long VERSION_WITH_MEMBERS = 2;

    private SurveyText() {}

    /** As UTF-8. */
    public static byte[] write(List<CopyContents> contents) {
        JsonRecord copies = copies(contents);
        return new JsonRecord()
                .with("format", FORMAT)
                .with("version", version(contents))
                .with("survey", copies)
                .with("checksum", checksum(copies))
                .pretty()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static long version(List<CopyContents> contents) {
        return contents.stream().anyMatch(each -> each.origin().kind() == CopyOrigin.Kind.MEMBER)
                ? VERSION_WITH_MEMBERS
                : VERSION;
    }

    /**
     * The inverse of {@link #write}.
     *
     * @throws IllegalArgumentException it is none, or was changed since; says where
     * @throws DirectoryMismatchException a newer version of this library wrote it
     */
    public static List<CopyContents> read(byte[] bytes) {
        JsonRecord in = JsonRecord.parse(new String(bytes, StandardCharsets.UTF_8));
        String format = in.text("format");
        if (!format.equals(FORMAT)) {
            throw new IllegalArgumentException("at=/format expected: " + FORMAT + " found: " + format);
        }
        long version = in.number("version");
        if (version > VERSION_WITH_MEMBERS) {
            throw new DirectoryMismatchException(
                    "a survey was written by a newer version of this library: foundVersion="
                            + version + " newestKnownVersion=" + VERSION_WITH_MEMBERS
                            + "; load it with the newer version, or make the survey again with this one");
        }
        if (version < 1) {
            throw new IllegalArgumentException(
                    "at=/version expected: 1 to " + VERSION_WITH_MEMBERS + " found: " + version);
        }
        List<CopyContents> contents = in.record("survey", each -> each.records("copies", ContentsCodec::read));
        if (version != version(contents)) {
            throw new IllegalArgumentException("at=/version expected: " + version(contents) + " found: " + version);
        }
        String expected = checksum(copies(contents));
        String found = in.text("checksum");
        in.end();
        if (!found.equals(expected)) {
            throw new IllegalArgumentException("at=/checksum expected: " + expected + " found: " + found);
        }
        return contents;
    }

    /** The copies alone. */
    public static JsonRecord copies(List<CopyContents> contents) {
        return new JsonRecord().with("copies", contents, ContentsCodec::write);
    }

    private static String checksum(JsonRecord copies) {
        CRC32C checksum = new CRC32C();
        checksum.update(copies.compact().getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(checksum.getValue() | 1L << 32).substring(1);
    }
}
