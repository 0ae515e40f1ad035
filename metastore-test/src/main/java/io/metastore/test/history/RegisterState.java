package io.metastore.test.history;

import org.jspecify.annotations.Nullable;

/**
 * The value of a register and how often it was written since its creation.
 *
 * @param value null if absent
 * @param version 1 after creation; 0 if absent, or if versions are not modelled
 */
public record RegisterState(@Nullable String value, long version) {
    static final RegisterState ABSENT = new RegisterState(null, 0);

    RegisterState written(String newValue) {
        return new RegisterState(newValue, version + 1);
    }

    RegisterState withoutVersion() {
        return version == 0 ? this : new RegisterState(value, 0);
    }

    @Override
    public String toString() {
        return value == null ? "absent" : Words.quote(value) + (version == 0 ? "" : " version " + version);
    }
}
