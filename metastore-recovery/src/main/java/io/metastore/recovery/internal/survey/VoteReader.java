package io.metastore.recovery.internal.survey;

import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.VoteFacts;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;

/** Reads {@code raft-meta}: term and vote as Java properties, without a checksum. */
public final class VoteReader {
    private static final String FILE = "raft-meta";

    private VoteReader() {}

    /**
     * Reads it.
     *
     * @param current where the journal's entries are
     */
    public static VoteFacts read(FileLayer layer, Path current, Findings findings) {
        Path file = current.resolve(FILE);
        try {
            if (layer.kind(file) != FileLayer.Kind.FILE) {
                findings.add(Finding.Kind.VOTE, file, "missing: nobody knows in which terms the member has voted");
                return VoteFacts.UNKNOWN;
            }
            Properties facts = new Properties();
            facts.load(new StringReader(new String(layer.read(file), StandardCharsets.ISO_8859_1)));
            long term = Long.parseLong(facts.getProperty("term", "none"));
            if (term < 0) {
                throw new IllegalArgumentException("term=" + term);
            }
            return new VoteFacts(term, facts.getProperty("votedFor", ""));
        } catch (IOException e) {
            findings.add(Finding.Kind.VOTE, file, "cannot be read: " + e);
        } catch (IllegalArgumentException e) {
            findings.add(Finding.Kind.VOTE, file, "expected: a term and a vote found: " + e.getMessage());
        }
        return VoteFacts.UNKNOWN;
    }
}
