package io.metastore.recovery.journal;

import io.metastore.api.LogPosition;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Is shown the readable entries of a journal, in order, up to the first damage. Called on the thread that scans. */
@FunctionalInterface
public interface EntryVisitor {

    /** Looks at nothing. */
    EntryVisitor NONE = entry -> {};

    /** What an entry is for. */
    enum Kind {
        /** Carries a command of the application, or of the library for it. */
        COMMAND,
        /** Changes the membership, or repeats it at the start of a term. */
        MEMBERSHIP,
        /** Notes how far the journal was committed. */
        COMMIT_HINT,
        /** Carries nothing. */
        EMPTY
    }

    /** One entry. Good during the call only: the next one takes its place. */
    interface ScannedEntry {
        LogPosition position();

        Kind kind();

        /** The file it is in. */
        Path file();

        /** Where its payload begins in the file: the command, or the message that the kind stands for. */
        long payloadOffset();

        /** Where the entry ends in the file, and the next one begins. */
        long end();

        /** Length of the payload in bytes. */
        int payloadBytes();

        /** The payload, not copied, read-only; to be copied when it is needed after the call. */
        ByteBuffer payload();
    }

    /** Called once for each. What it throws ends the scan and reaches its caller. */
    void entry(ScannedEntry entry);
}
