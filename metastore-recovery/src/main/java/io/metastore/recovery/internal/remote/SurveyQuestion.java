package io.metastore.recovery.internal.remote;

import io.metastore.recovery.survey.Depth;
import java.nio.charset.StandardCharsets;

/** The bytes with which a survey is asked for: {@code metastore-survey 1 QUICK}. */
public final class SurveyQuestion {
    private static final String BEGIN = "metastore-survey 1 ";

    private SurveyQuestion() {}

    /** As sent. */
    public static byte[] encode(Depth depth) {
        return (BEGIN + depth).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @throws IllegalArgumentException it is none that this build knows
     */
    static Depth decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        for (Depth depth : Depth.values()) {
            if (text.equals(BEGIN + depth)) {
                return depth;
            }
        }
        throw new IllegalArgumentException("expected: '" + BEGIN + "' and one of QUICK, FULL; bytes=" + bytes.length);
    }
}
