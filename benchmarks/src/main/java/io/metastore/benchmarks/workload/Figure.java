package io.metastore.benchmarks.workload;

/** A figure that only some workloads have; in JSON a field of the line, in the table a row. */
public enum Figure {
    /** Memory of the processes of all members. */
    RESIDENT_BYTES("residentBytes", "MB resident", 1e-6),
    /** Length of all files of all members; a file with several names counts once. */
    DISK_BYTES("diskBytes", "MB on disk", 1e-6),
    /** Median; classes are loaded and hot code compiled by then. */
    AGAIN_SECONDS("againSeconds", "s to open again in the same JVM", 1),
    /** Keys and values that the members hold, at all of them together. */
    DATA_BYTES("dataBytes", "MB of keys and values", 1e-6),
    DISK_RATIO("diskRatio", "disk / data", 1),
    /** Median. */
    CHECKPOINT_SECONDS("checkpointSeconds", "s for an image", 1),
    CHECKPOINT_SECONDS_MAX("checkpointSecondsMax", "s for an image, longest", 1),
    /** How much longer the leader's thread that applies writes was at them for an image under load; median. */
    APPLY_HELD_SECONDS("applyHeldSeconds", "ms of applying for an image", 1e3),
    APPLY_HELD_SECONDS_MAX("applyHeldSecondsMax", "ms of applying for an image, longest", 1e3),
    /** Of the phases without the disturbance that the workload is about, as the ten fields are of those with it. */
    QUIET_OPS_PER_SECOND("quietOpsPerSecond", "ops/s undisturbed", 1),
    QUIET_P99_MICROS("quietP99Micros", "ms p99 undisturbed", 1e-3),
    QUIET_MAX_MICROS("quietMaxMicros", "ms longest undisturbed", 1e-3),
    MAX_MICROS("maxMicros", "ms longest", 1e-3),
    /** With the disturbance over without it. */
    THROUGHPUT_RATIO("throughputRatio", "ops/s, disturbed / not", 1),
    P99_RATIO("p99Ratio", "p99, disturbed / not", 1),
    MAX_RATIO("maxRatio", "longest, disturbed / not", 1),
    /** Of a phase in which all members take part again: the undisturbed one of SHIP has one member less to serve. */
    WHOLE_OPS_PER_SECOND("wholeOpsPerSecond", "ops/s with all members level", 1),
    WHOLE_P99_MICROS("wholeP99Micros", "ms p99 with all members level", 1e-3),
    WHOLE_THROUGHPUT_RATIO("wholeThroughputRatio", "ops/s, disturbed / all level", 1),
    WHOLE_P99_RATIO("wholeP99Ratio", "p99, disturbed / all level", 1),
    /** How often images were made at all members while the fields above were measured. */
    ROUNDS("rounds", "rounds of images", 1),
    LEVEL_SECONDS("levelSeconds", "s until level", 1),
    SHIPPED_BYTES("shippedBytes", "MB shipped", 1e-6),
    IMAGE_BYTES("imageBytes", "MB in the image", 1e-6),
    ARCHIVE_BYTES("archiveBytes", "MB in the file", 1e-6),
    COMPRESSED_RATIO("compressedRatio", "file / image", 1),
    VERIFY_SECONDS("verifySeconds", "s to verify", 1),
    VERIFY_BYTES_PER_SECOND("verifyBytesPerSecond", "MB/s verified", 1e-6),
    EXPORT_SECONDS("exportSeconds", "s to export", 1),
    EXPORT_BYTES_PER_SECOND("exportBytesPerSecond", "MB/s exported", 1e-6),
    IMPORT_SECONDS("importSeconds", "s to import", 1),
    IMPORT_BYTES_PER_SECOND("importBytesPerSecond", "MB/s imported", 1e-6);

    private final String field;
    private final String unit;
    private final double scale;

    Figure(String field, String unit, double scale) {
        this.field = field;
        this.unit = unit;
        this.scale = scale;
    }

    /** Its name in JSON. */
    public String field() {
        return field;
    }

    /** The unit people see. */
    public String unit() {
        return unit;
    }

    /** The value in that unit. */
    public double inUnit(double value) {
        return value * scale;
    }
}
