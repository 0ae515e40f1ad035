package io.metastore.test.history;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client saw of a register. Its text form is read by {@link RegisterParser}.
 *
 * <p>A version is optional: {@link #VERSION_UNSEEN} if the client was not told.
 */
public sealed interface RegisterOutput {
    /** In place of a version: says nothing about it. */
    long VERSION_UNSEEN = -1;

    static RegisterOutput absent() {
        return new Value(null, VERSION_UNSEEN);
    }

    static RegisterOutput value(String value) {
        return new Value(value, VERSION_UNSEEN);
    }

    static RegisterOutput value(String value, long version) {
        return new Value(value, version);
    }

    static RegisterOutput done() {
        return new Done(VERSION_UNSEEN);
    }

    /**
     * It took effect.
     *
     * @param version of the register afterwards
     */
    static RegisterOutput done(long version) {
        return new Done(version);
    }

    static RegisterOutput conflict() {
        return new Conflict(VERSION_UNSEEN);
    }

    /**
     * It had no effect.
     *
     * @param version of the register, which was not the expected one or had not the expected value
     */
    static RegisterOutput conflict(long version) {
        return new Conflict(version);
    }

    /** The version seen, or {@link #VERSION_UNSEEN}. */
    long version();

    /** The same without what it says about the version. */
    RegisterOutput withoutVersion();

    /** Whether a client could see this, where the whole truth is {@code full}. */
    default boolean admits(RegisterOutput full) {
        return withoutVersion().equals(full.withoutVersion())
                && (version() == VERSION_UNSEEN || version() == full.version());
    }

    /** A read found this value, null for absent; the version of an absent register says nothing more. */
    record Value(@Nullable String value, long version) implements RegisterOutput {
        public Value {
            version = value == null ? VERSION_UNSEEN : version;
        }

        @Override
        public RegisterOutput withoutVersion() {
            return new Value(value, VERSION_UNSEEN);
        }

        @Override
        public String toString() {
            return value == null ? "absent" : "value " + Words.quote(Objects.requireNonNull(value)) + seen(version);
        }
    }

    /** A write, remove or successful compare-and-set took place. */
    record Done(long version) implements RegisterOutput {
        @Override
        public RegisterOutput withoutVersion() {
            return new Done(VERSION_UNSEEN);
        }

        @Override
        public String toString() {
            return "done" + seen(version);
        }
    }

    /** A compare-and-set found something other than expected and changed nothing. */
    record Conflict(long version) implements RegisterOutput {
        @Override
        public RegisterOutput withoutVersion() {
            return new Conflict(VERSION_UNSEEN);
        }

        @Override
        public String toString() {
            return "conflict" + seen(version);
        }
    }

    private static String seen(long version) {
        return version == VERSION_UNSEEN ? "" : " " + version;
    }
}
