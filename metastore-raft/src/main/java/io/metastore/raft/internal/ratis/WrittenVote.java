package io.metastore.raft.internal.ratis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A term and the vote that was given in it, as they are on the disk: Ratis' file of properties, and behind it a checksum that Ratis does not look at.
 *
 * @param term 0 before the first
 * @param votedFor id of the member that has the vote of this one; empty for nobody
 */
record WrittenVote(long term, String votedFor) {
    private static final String TERM = "term";
    private static final String VOTE = "votedFor";
    private static final String CHECKSUM = "checksum";

    /** What needs no escaping in a file of properties. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._@-]*");

    WrittenVote {
        if (term < 0 || !ID.matcher(votedFor).matches()) {
            throw new IllegalArgumentException("invalid vote: term=" + term + " votedFor='" + votedFor + "'");
        }
    }

    /** A term in which nobody was given a vote. */
    static WrittenVote nobody(long term) {
        return new WrittenVote(term, "");
    }

    /**
     * Reads the file. One without a checksum is Ratis' own: the first of a new journal. Each line has an end; of what was cut off the last has none, or one is missing.
     *
     * @throws IOException it is not what was written
     */
    static WrittenVote parse(byte[] bytes) throws IOException {
        if (bytes.length == 0 || bytes[bytes.length - 1] != '\n') {
            throw new IOException("term and vote are damaged: they are cut off behind bytes=" + bytes.length);
        }
        Properties facts = new Properties();
        try {
            facts.load(new ByteArrayInputStream(bytes));
            String term = facts.getProperty(TERM);
            String votedFor = facts.getProperty(VOTE);
            if (term == null || votedFor == null) {
                throw new IOException("term and vote are damaged: expected=" + TERM + "," + VOTE + " found="
                        + facts.stringPropertyNames());
            }
            WrittenVote found = new WrittenVote(Long.parseLong(term), votedFor);
            String checksum = facts.getProperty(CHECKSUM);
            if (checksum != null && !checksum.equals(found.checksum())) {
                throw new IOException("term and vote are damaged: expectedChecksum=" + found.checksum() + " found="
                        + checksum + " " + found);
            }
            return found;
        } catch (IllegalArgumentException e) {
            throw new IOException("term and vote are damaged: found=" + facts + " cause=" + e.getMessage(), e);
        }
    }

    byte[] bytes() {
        return (lines() + CHECKSUM + "=" + checksum() + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private String lines() {
        return TERM + "=" + term + "\n" + VOTE + "=" + votedFor + "\n";
    }

    private String checksum() {
        CRC32C checksum = new CRC32C();
        checksum.update(lines().getBytes(StandardCharsets.US_ASCII));
        return String.format(Locale.ROOT, "%08x", checksum.getValue());
    }

    /** The same with a vote for another name of the one it was for; as it is when it was for somebody else. */
    WrittenVote renamed(String before, String now) {
        return votedFor.equals(before) ? new WrittenVote(term, now) : this;
    }

    /** Whether the disk would forget something that was promised, when this came in its place: a later term, or another vote of this one. */
    boolean isOvertakenBy(WrittenVote other) {
        return other.term > term
                || (other.term == term && !other.votedFor.isEmpty() && !other.votedFor.equals(votedFor));
    }
}
