package io.metastore.snapshot.state;

/**
 * The journal holds a command that this build has no handler for. Nothing of the entry was applied; the member stops there, because going on
 * without it would lead to another state than the other members'.
 */
public final class UnknownCommandInJournalException extends RuntimeException {

    private final String name;
    private final int version;

    UnknownCommandInJournalException(String name, int version) {
        super("journal holds a command that is not registered here: name=" + name + " version=" + version
                + "; start this member with a build that registers it");
        this.name = name;
        this.version = version;
    }

    public String name() {
        return name;
    }

    public int version() {
        return version;
    }
}
