module application {
    requires io.metastore.api;

    opens application to
            io.metastore.api; // For its records.
}
