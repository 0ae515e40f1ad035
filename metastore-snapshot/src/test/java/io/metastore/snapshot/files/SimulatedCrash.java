package io.metastore.snapshot.files;

/** Ends the process, as far as a {@link MemoryFileLayer} is concerned: every operation throws it from then on. */
public final class SimulatedCrash extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SimulatedCrash(String message) {
        super(message);
    }
}
