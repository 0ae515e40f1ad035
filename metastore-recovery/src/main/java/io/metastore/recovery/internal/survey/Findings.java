package io.metastore.recovery.internal.survey;

import io.metastore.recovery.survey.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects what is not as it should be while a copy is read. Used by one thread. */
public final class Findings {
    private final List<Finding> findings = new ArrayList<>();

    /** Adds one. */
    public void add(Finding.Kind kind, Path path, Object what) {
        findings.add(new Finding(kind, path, String.valueOf(what)));
    }

    /** All so far, in the order in which they were found. */
    public List<Finding> list() {
        return List.copyOf(findings);
    }
}
