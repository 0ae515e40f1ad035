package io.metastore.recovery.internal.survey;

import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.VoteFacts;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** Reads {@code raft-meta}: term and vote as Java properties, and the checksum behind them where there is one; a new journal's first is without. */
public final class VoteReader {
    private static final String FILE = "raft-meta";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._@-]*");

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
            String lines = new String(layer.read(file), StandardCharsets.ISO_8859_1);
            if (!lines.endsWith("\n")) { // Else the rest of a vote would be a vote for somebody else.
                throw new IllegalArgumentException("a line without an end, cut off behind bytes=" + lines.length());
            }
            Properties facts = new Properties();
            facts.load(new StringReader(lines));
            long term = Long.parseLong(facts.getProperty("term", "none"));
            String votedFor = facts.getProperty("votedFor");
            if (term < 0 || votedFor == null || !ID.matcher(votedFor).matches()) {
                throw new IllegalArgumentException(String.valueOf(facts));
            }
            String checksum = facts.getProperty("checksum");
            if (checksum != null && !checksum.equals(checksum(term, votedFor))) {
                throw new IllegalArgumentException(
                        facts + " with checksum=" + checksum + " instead of " + checksum(term, votedFor));
            }
            return new VoteFacts(term, votedFor);
        } catch (IOException e) {
            findings.add(Finding.Kind.VOTE, file, "cannot be read: " + e);
        } catch (IllegalArgumentException e) {
            findings.add(Finding.Kind.VOTE, file, "expected: a term and a vote found: " + e.getMessage());
        }
        return VoteFacts.UNKNOWN;
    }

    private static String checksum(long term, String votedFor) {
        CRC32C checksum = new CRC32C();
        checksum.update(("term=" + term + "\nvotedFor=" + votedFor + "\n").getBytes(StandardCharsets.ISO_8859_1));
        return String.format(Locale.ROOT, "%08x", checksum.getValue());
    }
}
