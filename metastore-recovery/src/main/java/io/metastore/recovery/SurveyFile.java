package io.metastore.recovery;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.recovery.internal.survey.SurveyText;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A survey in a file; see {@link SurveyText}. */
final class SurveyFile {

    private SurveyFile() {}

    static void save(Survey survey, Path file) {
        try {
            AtomicFile.replace(new DiskFileLayer(), file.toAbsolutePath(), SurveyText.write(contents(survey)));
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "a survey cannot be written: file=" + file + " error=" + e
                            + "; choose another directory, or free space on its file system",
                    e);
        }
    }

    static Survey load(Path file) {
        byte[] bytes;
        try {
            bytes = new DiskFileLayer().read(file.toAbsolutePath());
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "a survey cannot be read: file=" + file + " error=" + e + "; check the path and its permissions",
                    e);
        }
        try {
            return new Survey(
                    SurveyText.read(bytes).stream().map(SurveyedCopy::new).toList());
        } catch (IllegalArgumentException e) {
            throw new CorruptStateException(
                    "a file is no survey as it was saved: file=" + file + " " + e.getMessage()
                            + "; save the survey again where the copies are, or copy the file anew",
                    e);
        } catch (DirectoryMismatchException e) {
            throw new DirectoryMismatchException(e.getMessage() + " file=" + file);
        }
    }

    /** The copies as JSON on one line. */
    static String json(Survey survey) {
        return SurveyText.copies(contents(survey)).compact();
    }

    private static List<CopyContents> contents(Survey survey) {
        return survey.copies().stream().map(SurveyedCopy::contents).toList();
    }
}
