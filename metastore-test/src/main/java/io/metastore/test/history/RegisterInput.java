package io.metastore.test.history;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a client asks of a register: one key of a metadata store. Its text form is read by {@link RegisterParser}. */
public sealed interface RegisterInput {

    static RegisterInput read() {
        return new Read();
    }

    static RegisterInput write(String value) {
        return new Write(value);
    }

    static RegisterInput remove() {
        return new Remove();
    }

    /** Writes {@code next} if the register has the value {@code expected}; null means absent. */
    static RegisterInput compareAndSet(@Nullable String expected, String next) {
        return new CompareAndSet(expected, next);
    }

    /** Writes {@code value} if the register has the version {@code expectedVersion}; 0 means absent. */
    static RegisterInput replace(long expectedVersion, String value) {
        return new Replace(expectedVersion, value);
    }

    /** What a correct register does, with all there is to see. */
    Transition applyTo(RegisterState state);

    /** The state afterwards and the full answer. */
    record Transition(RegisterState state, RegisterOutput output) {
        static Transition done(RegisterState state) {
            return new Transition(state, RegisterOutput.done(state.version()));
        }

        static Transition conflict(RegisterState state) {
            return new Transition(state, RegisterOutput.conflict(state.version()));
        }
    }

    /** Returns value and version. */
    record Read() implements RegisterInput {
        @Override
        public Transition applyTo(RegisterState state) {
            return new Transition(state, new RegisterOutput.Value(state.value(), state.version()));
        }

        @Override
        public String toString() {
            return "read";
        }
    }

    /** Creates the register or replaces its value. */
    record Write(String value) implements RegisterInput {
        @Override
        public Transition applyTo(RegisterState state) {
            return Transition.done(state.written(value));
        }

        @Override
        public String toString() {
            return "write " + Words.quote(value);
        }
    }

    /** Makes the register absent, whether or not it was. */
    record Remove() implements RegisterInput {
        @Override
        public Transition applyTo(RegisterState state) {
            return Transition.done(RegisterState.ABSENT);
        }

        @Override
        public String toString() {
            return "remove";
        }
    }

    /** Writes if the value is the expected one, null for absent. */
    record CompareAndSet(@Nullable String expected, String next) implements RegisterInput {
        @Override
        public Transition applyTo(RegisterState state) {
            return Objects.equals(state.value(), expected)
                    ? Transition.done(state.written(next))
                    : Transition.conflict(state);
        }

        @Override
        public String toString() {
            return "cas " + (expected == null ? "absent" : Words.quote(expected)) + " " + Words.quote(next);
        }
    }

    /** Writes if the version is the expected one, 0 for absent. */
    record Replace(long expectedVersion, String value) implements RegisterInput {
        @Override
        public Transition applyTo(RegisterState state) {
            return state.version() == expectedVersion
                    ? Transition.done(state.written(value))
                    : Transition.conflict(state);
        }

        @Override
        public String toString() {
            return "replace " + expectedVersion + " " + Words.quote(value);
        }
    }
}
