package io.metastore.test.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A register with compare-and-set, absent at first: one key of a metadata store.
 *
 * <p>With versions, every write counts, also one that nobody has seen, so a lost or doubled write shows even if its value
 * was overwritten. Stores whose versions are something else than the number of writes since creation are checked by value.
 */
public final class RegisterModel implements Model<RegisterState, RegisterInput, RegisterOutput> {
    private final boolean versioned;

    private RegisterModel(boolean versioned) {
        this.versioned = versioned;
    }

    /** Checks values only and ignores the versions seen; refuses {@link RegisterInput.Replace}. */
    public static RegisterModel ofValues() {
        return new RegisterModel(false);
    }

    /** Checks values and versions. */
    public static RegisterModel versioned() {
        return new RegisterModel(true);
    }

    @Override
    public RegisterState initial() {
        return RegisterState.ABSENT;
    }

    @Override
    public @Nullable RegisterState step(RegisterState state, RegisterInput input, @Nullable RegisterOutput output) {
        if (!versioned && input instanceof RegisterInput.Replace) {
            throw new IllegalArgumentException("replace needs a model with versions: input=" + input);
        }
        RegisterInput.Transition full = input.applyTo(state);
        if (output != null && !seen(output).admits(full.output())) {
            return null;
        }
        return versioned ? full.state() : full.state().withoutVersion();
    }

    private RegisterOutput seen(RegisterOutput output) {
        return versioned ? output : output.withoutVersion();
    }

    @Override
    public boolean readOnly(RegisterInput input, RegisterOutput output) {
        return input instanceof RegisterInput.Read || output instanceof RegisterOutput.Conflict;
    }

    @Override
    public List<Placement<RegisterInput, RegisterOutput>> tighten(
            List<Placement<RegisterInput, RegisterOutput>> placements) {
        return new RegisterTightening(versioned ? placements : withoutVersions(placements)).result();
    }

    private static List<Placement<RegisterInput, RegisterOutput>> withoutVersions(
            List<Placement<RegisterInput, RegisterOutput>> placements) {
        return placements.stream()
                .map(placement -> placement.output() == null
                        ? placement
                        : placement.withOutput(placement.output().withoutVersion()))
                .toList();
    }
}
