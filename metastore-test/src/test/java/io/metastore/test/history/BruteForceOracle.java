package io.metastore.test.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides linearizability by trying every order of every choice of the unknown operations.
 *
 * <p>Shares no code with the checker, not even the model of a register: its register is the two parameters {@code value}
 * and {@code version}. For histories of one key with at most about eight operations.
 */
final class BruteForceOracle {
    private final boolean versioned;

    BruteForceOracle(boolean versioned) {
        this.versioned = versioned;
    }

    boolean isLinearizable(List<Operation<RegisterInput, RegisterOutput>> operations) {
        List<Operation<RegisterInput, RegisterOutput>> certain = new ArrayList<>();
        List<Operation<RegisterInput, RegisterOutput>> unknown = new ArrayList<>();
        for (Operation<RegisterInput, RegisterOutput> operation : operations) {
            if (operation.outcome() != Outcome.FAILED) {
                (operation.outcome() == Outcome.OK ? certain : unknown).add(operation);
            }
        }
        for (int chosen = 0; chosen < 1 << unknown.size(); chosen++) {
            List<Operation<RegisterInput, RegisterOutput>> applied = new ArrayList<>(certain);
            for (int i = 0; i < unknown.size(); i++) {
                if ((chosen & 1 << i) != 0) {
                    applied.add(unknown.get(i));
                }
            }
            if (canBeOrdered(applied, null, 0)) {
                return true;
            }
        }
        return false;
    }

    private boolean canBeOrdered(
            List<Operation<RegisterInput, RegisterOutput>> left, @Nullable String value, long version) {
        if (left.isEmpty()) {
            return true;
        }
        for (Operation<RegisterInput, RegisterOutput> first : left) {
            boolean mayBeFirst = left.stream().noneMatch(other -> other.completedNanos() < first.invokedNanos());
            if (mayBeFirst && canFollow(first, left, value, version)) {
                return true;
            }
        }
        return false;
    }

    private boolean canFollow(
            Operation<RegisterInput, RegisterOutput> operation,
            List<Operation<RegisterInput, RegisterOutput>> left,
            @Nullable String value,
            long version) {
        List<Operation<RegisterInput, RegisterOutput>> rest = new ArrayList<>(left);
        rest.remove(operation);
        RegisterInput input = operation.input();
        RegisterOutput output = operation.output();
        if (input instanceof RegisterInput.Read) {
            boolean same = output == null
                    || (output instanceof RegisterOutput.Value seen
                            && Objects.equals(seen.value(), value)
                            && (value == null || sees(output, version)));
            return same && canBeOrdered(rest, value, version);
        } else if (input instanceof RegisterInput.Write write) {
            return isDone(output, version + 1) && canBeOrdered(rest, write.value(), version + 1);
        } else if (input instanceof RegisterInput.Remove) {
            return isDone(output, 0) && canBeOrdered(rest, null, 0);
        } else if (input instanceof RegisterInput.CompareAndSet cas) {
            return Objects.equals(value, cas.expected())
                    ? isDone(output, version + 1) && canBeOrdered(rest, cas.next(), version + 1)
                    : isConflict(output, version) && canBeOrdered(rest, value, version);
        } else if (input instanceof RegisterInput.Replace replace) {
            return version == replace.expectedVersion()
                    ? isDone(output, version + 1) && canBeOrdered(rest, replace.value(), version + 1)
                    : isConflict(output, version) && canBeOrdered(rest, value, version);
        }
        throw new AssertionError("unknown input: " + input);
    }

    private boolean isDone(@Nullable RegisterOutput output, long version) {
        return output == null || (output instanceof RegisterOutput.Done && sees(output, version));
    }

    private boolean isConflict(@Nullable RegisterOutput output, long version) {
        return output == null || (output instanceof RegisterOutput.Conflict && sees(output, version));
    }

    private boolean sees(RegisterOutput output, long version) {
        return !versioned || output.version() == RegisterOutput.VERSION_UNSEEN || output.version() == version;
    }
}
