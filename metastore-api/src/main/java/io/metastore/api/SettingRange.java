package io.metastore.api;

import java.time.Duration;

/** Refuses settings that are out of their range, both ends of which are allowed, and names the setting and the value seen. */
final class SettingRange {

    private SettingRange() {}

    /** @throws IllegalArgumentException it is out of range */
    static void check(String setting, long value, long min, long max) {
        if (value < min || value > max) {
            throw outOfRange(setting, value, min, max);
        }
    }

    /** @throws IllegalArgumentException it is out of range */
    static void check(String setting, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw outOfRange(setting, value, min, max);
        }
    }

    private static IllegalArgumentException outOfRange(String setting, Object value, Object min, Object max) {
        return new IllegalArgumentException(
                "setting out of range: " + setting + "=" + value + " min=" + min + " max=" + max);
    }
}
