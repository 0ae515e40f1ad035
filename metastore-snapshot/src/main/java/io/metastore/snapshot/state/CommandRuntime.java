package io.metastore.snapshot.state;

import io.metastore.snapshot.journal.TableRecord;

/** Runs registered command handlers where the journal is applied. Implemented by whoever knows the handlers. */
public interface CommandRuntime {

    /**
     * Largest encoded result of a command, 2 MiB. The same on every member, whatever its settings: results are part of the state. Changing it is a
     * change of format.
     */
    int RESULT_BYTES_MAX = 2 << 20;

    /** No commands at all. */
    CommandRuntime NONE = new CommandRuntime() {
        @Override
        public boolean knows(String name, int version) {
            return false;
        }

        @Override
        public byte[] run(String name, int version, byte[] argument, Access access) {
            throw new IllegalStateException("no commands: name=" + name);
        }
    };

    /** Whether there is a handler. A journal entry with a command that is not known cannot be applied: the member halts. */
    boolean knows(String name, int version);

    /**
     * Runs the handler.
     *
     * <p>Whatever it throws, errors included, fails the command with the beginning of its message, and its changes are dropped. Only what says that the
     * state could not be read, that the JVM is out of memory or that it is broken fails the member.
     *
     * @return the encoded result; the command fails and its changes are dropped when it has more than {@link #RESULT_BYTES_MAX} bytes
     */
    byte[] run(String name, int version, byte[] argument, Access access);

    /** What a handler may touch: reads see its own writes. */
    interface Access extends WritableRecords {

        /** The table's number; registers it when it is new. */
        int table(TableRecord definition);

        long nextIds(String sequence, int count);

        long leaderTimeMillis();

        /** The revision before this command. */
        long revision();
    }
}
