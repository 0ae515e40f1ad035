package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.Fault.Kind;
import io.metastore.snapshot.files.MemoryFileLayer.Operation;
import io.metastore.snapshot.files.MemoryFileLayer.Survivor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Opens a directory, changes it step by step and closes it; over and over, with each operation going wrong in each way in turn, until a run passes
 * untouched. After each run it opens what may then be found.
 */
final class FaultEnumeration {

    /** A change and what it leads to. */
    record Step(Consumer<MemberDirectory> change, Observed after) {}

    /** What was visited. */
    record Visited(int operations, int faults, int survivors) {
        Visited plus(Visited other) {
            return new Visited(operations + other.operations, faults + other.faults, survivors + other.survivors);
        }
    }

    private final Path path;
    private final Expectation expectation;
    /** Asked when the directory is not what the first expects any more. */
    private final Expectation afterwards;

    private final Observed old;
    private final List<Step> steps;

    /** What was checked, with what was allowed: the same again needs no second look. */
    private final Set<List<Object>> checked = new HashSet<>();

    /** What was seen when it was opened, by what was stored and allowed: who opens the same sees the same. */
    private final Map<List<Object>, Observed> seen = new HashMap<>();

    /** What was initialized after it had been found to be nobody's. */
    private final Set<List<String>> initialized = new HashSet<>();

    private int faults;
    private int survivors;

    FaultEnumeration(Path path, Expectation expectation, Observed old, List<Step> steps) {
        this(path, expectation, expectation, old, steps);
    }

    /** Steps after which the directory has to be asked for in another way. */
    FaultEnumeration(Path path, Expectation expectation, Expectation afterwards, Observed old, List<Step> steps) {
        this.path = path;
        this.expectation = expectation;
        this.afterwards = afterwards;
        this.old = old;
        this.steps = steps;
    }

    /** Tears each write at every length. */
    Visited run(Supplier<MemoryFileLayer> before) {
        return run(before, bytes -> IntStream.rangeClosed(0, bytes));
    }

    /** Tears each write at the lengths given for its size. May be called again, for other file systems to start from. */
    Visited run(Supplier<MemoryFileLayer> before, IntFunction<IntStream> tears) {
        faults = 0;
        survivors = 0;
        List<Operation> untouched = new Run(before, 0, Fault.CRASH).checkUntouched();
        for (Fault fault : List.of(Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.CRASH)) {
            int operation = 1;
            while (new Run(before, operation, fault).fires()) {
                operation++;
            }
            assertThat(operation - 1).as("operations visited").isEqualTo(untouched.size());
        }
        for (int operation = 1; operation <= untouched.size(); operation++) {
            int bytes = untouched.get(operation - 1).bytes();
            if (bytes > 0) {
                for (int kept : tears.apply(bytes).toArray()) {
                    assertThat(new Run(before, operation, Fault.tear(kept)).fires())
                            .as("a write is torn")
                            .isTrue();
                }
            }
        }
        return new Visited(untouched.size(), faults, survivors);
    }

    /** One run with at most one fault. */
    private final class Run {

        private final int operation;
        private final Fault fault;
        private final MemoryFileLayer layer;
        private @Nullable MemberDirectory directory;
        private Observed reached = old;
        private Observed next = old;

        Run(Supplier<MemoryFileLayer> before, int operation, Fault fault) {
            this.operation = operation;
            this.fault = fault;
            this.layer = before.get().failAt(operation, fault);
        }

        List<Operation> checkUntouched() {
            assertThat(completes()).as("a run without a fault succeeds").isTrue();
            assertThat(layer.fired()).isNull();
            List<Operation> trace = layer.trace();
            checkAllThatMayBeFound();
            return trace;
        }

        /** Whether there was such an operation; if so, everything about the run was checked. */
        boolean fires() {
            boolean completed = completes();
            Operation fired = layer.fired();
            if (fired == null) {
                assertThat(layer.trace()).as("the run is over before the fault").hasSizeLessThan(operation);
                return false;
            }
            assertThat(completed)
                    .as("success although %s went wrong by %s", fired, fault)
                    .isFalse();
            assertThat(layer.trace()).as("the operation that went wrong").hasSizeGreaterThanOrEqualTo(operation);
            faults++;
            if (fault.kind() == Kind.ERROR_BEFORE || fault.kind() == Kind.ERROR_AFTER) {
                checkNothingSucceedsAfter(fired);
                checkAllThatMayBeFound();
                checkFound(layer, layer.facts(), "the same process goes on"); // Also: the lock was let go.
            } else {
                checkAllThatMayBeFound();
            }
            return true;
        }

        private boolean completes() {
            try {
                MemberDirectory opened = MemberDirectory.open(layer, path, expectation);
                directory = opened;
                assertThat(Observed.of(opened)).isEqualTo(old);
                for (Step step : steps) {
                    next = step.after();
                    step.change().accept(opened);
                    reached = next;
                    assertThat(Observed.of(opened)).isEqualTo(reached);
                }
                opened.close();
                return true;
            } catch (SimulatedCrash | MetastoreException e) {
                return false;
            }
        }

        private void checkNothingSucceedsAfter(Operation fired) {
            if (directory == null) {
                return;
            }
            if (fired.verb().equals("force")) {
                int operations = layer.trace().size();
                for (Step step : steps) {
                    assertThatThrownBy(() -> step.change().accept(directory))
                            .as("a change after %s failed", fired)
                            .isInstanceOf(StoreFailedException.class)
                            .hasCauseInstanceOf(IOException.class);
                }
                assertThat(layer.trace())
                        .as("nothing is tried after %s failed", fired)
                        .hasSize(operations);
            }
            directory.close();
        }

        private void checkAllThatMayBeFound() {
            boolean crashed = fault.kind() == Kind.CRASH || fault.kind() == Kind.TEAR;
            MemoryFileLayer surviving = layer.afterProcessCrash();
            for (Survivor survivor : layer.afterPowerLoss()) {
                checkStays(survivor.layer(), survivor.description());
            }
            if (crashed) {
                checkStays(surviving, "process ended");
            }
        }

        /** What was found once is found again, whatever is lost in between. */
        private void checkStays(MemoryFileLayer found, String how) {
            survivors++;
            List<String> facts = found.facts();
            if (!checked.add(List.of(facts, reached, next))) {
                return;
            }
            Observed first = checkFound(found, facts, how);
            for (Survivor again : found.afterPowerLoss()) {
                List<String> left = again.layer().facts();
                Observed known = seen.get(List.of(left, reached, next));
                assertThat(
                                known != null
                                        ? known
                                        : checkFound(
                                                again.layer(), left, how + ", then power lost " + again.description()))
                        .as("found again, in %s", facts)
                        .isEqualTo(first);
            }
            if (first.equals(Observed.EMPTY) && initialized.add(found.facts())) {
                checkCanBeInitialized(found);
            }
        }

        private Observed checkFound(MemoryFileLayer found, List<String> facts, String how) {
            Observed observed;
            try {
                observed = observe(found);
            } catch (MetastoreException e) {
                throw new AssertionError(
                        "cannot be opened after " + layer.fired() + " " + fault + ", " + how + ", in " + facts, e);
            }
            seen.put(List.of(facts, reached, next), observed);
            assertThat(observed)
                    .as("after %s %s, %s, in %s", layer.fired(), fault, how, facts)
                    .isIn(reached, next);
            assertThat(found.listing())
                    .as("left over after opening")
                    .noneMatch(line -> line.contains(".tmp") || line.contains(Layout.INITIALIZING));
            return observed;
        }

        private Observed observe(MemoryFileLayer found) {
            try {
                return Observed.open(found, path, expectation);
            } catch (DirectoryMismatchException e) {
                if (afterwards.equals(expectation)) {
                    throw e;
                }
                return Observed.open(found, path, afterwards);
            }
        }

        private void checkCanBeInitialized(MemoryFileLayer found) {
            Observed wanted = steps.get(0).after();
            try (MemberDirectory again = MemberDirectory.open(found, path, expectation)) {
                again.initialize(
                        wanted.identity().orElseThrow(), wanted.membership().orElseThrow());
            }
            assertThat(Observed.open(found, path, expectation)).isEqualTo(wanted);
        }
    }

    /** What may be found, each once, when an action is cut off at each operation. */
    static List<MemoryFileLayer> cutOff(Supplier<MemoryFileLayer> before, Consumer<MemoryFileLayer> action) {
        List<MemoryFileLayer> result = new ArrayList<>();
        Set<List<String>> seen = new HashSet<>();
        for (int operation = 1; ; operation++) {
            MemoryFileLayer layer = before.get().failAt(operation, Fault.CRASH);
            try {
                action.accept(layer);
                return result;
            } catch (SimulatedCrash e) {
                List<MemoryFileLayer> found = new ArrayList<>(List.of(layer.afterProcessCrash()));
                layer.afterPowerLoss().forEach(survivor -> found.add(survivor.layer()));
                for (MemoryFileLayer survivor : found) {
                    if (seen.add(survivor.facts())) {
                        result.add(survivor);
                    }
                }
            }
        }
    }
}
