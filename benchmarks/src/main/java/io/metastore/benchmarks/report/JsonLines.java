package io.metastore.benchmarks.report;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.metastore.benchmarks.workload.Figure;
import io.metastore.benchmarks.workload.Figures;
import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * Measurements in a file, one JSON object per line.
 *
 * <p>Every line has the same ten fields in the same order; what only some workloads have comes
 * after them, see {@link Figure}.
 */
public final class JsonLines {
    private JsonLines() {}

    /** Adds one line; creates the file when there is none. */
    public static void append(Path file, Measurement measurement) throws IOException {
        Files.writeString(file, format(measurement) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** All measurements in the file, in its order. */
    public static List<Measurement> read(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(JsonLines::parse).toList();
    }

    static String format(Measurement measurement) {
        JsonObject line = new JsonObject();
        line.addProperty("system", measurement.system());
        line.addProperty("workload", measurement.workload().name());
        line.addProperty("callers", measurement.callers());
        line.addProperty("repetition", measurement.repetition());
        line.addProperty("opsPerSecond", rounded(measurement.opsPerSecond()));
        line.addProperty("p50Micros", rounded(measurement.p50Micros()));
        line.addProperty("p99Micros", rounded(measurement.p99Micros()));
        line.addProperty("p999Micros", rounded(measurement.p999Micros()));
        line.addProperty("cpuMicrosPerOp", rounded(measurement.cpuMicrosPerOp()));
        line.addProperty("errors", measurement.errors());
        measurement.figures().all().forEach((figure, value) -> line.addProperty(figure.field(), figure(value)));
        return line.toString();
    }

    static Measurement parse(String text) {
        JsonObject line = JsonParser.parseString(text).getAsJsonObject();
        return new Measurement(
                line.get("system").getAsString(),
                Workload.valueOf(line.get("workload").getAsString().toUpperCase(Locale.ROOT)),
                line.get("callers").getAsInt(),
                line.get("repetition").getAsInt(),
                line.get("opsPerSecond").getAsDouble(),
                line.get("p50Micros").getAsDouble(),
                line.get("p99Micros").getAsDouble(),
                line.get("p999Micros").getAsDouble(),
                line.get("cpuMicrosPerOp").getAsDouble(),
                line.get("errors").getAsLong(),
                figures(line));
    }

    private static Figures figures(JsonObject line) {
        Figures figures = Figures.NONE;
        for (Figure figure : Figure.values()) {
            if (line.has(figure.field())) {
                figures = figures.with(figure, line.get(figure.field()).getAsDouble());
            }
        }
        return figures;
    }

    /** Whole numbers, such as bytes, without a point. */
    private static Number figure(double value) {
        double rounded = rounded(value);
        if (rounded == Math.rint(rounded)) {
            return (long) rounded;
        }
        return rounded;
    }

    /** Three digits after the point are more than any clock here can tell. */
    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
