package io.metastore.test.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Histories of one key from a seed: operations with random windows, executed by an atomic register at a random moment of
 * their window. What it makes is linearizable by construction; {@link #mutated} may not be.
 */
final class RandomHistories {
    private static final String KEY = "k";

    private final SplittableRandom random;
    private final Shape shape;
    private int operationsPlanned;

    /**
     * What the histories look like.
     *
     * @param clients how many operations may overlap, besides unknown ones
     * @param distinctValues 0 if every write has a value of its own
     * @param windowMax length of the longest window; with a small one many times are equal
     * @param unknownInHundred operations whose outcome is unknown; half of them take effect, some of them late
     */
    record Shape(
            int operations, int clients, int distinctValues, int windowMax, int unknownInHundred, boolean versioned) {}

    /** An operation before the register has executed it. */
    private record Planned(
            int client, RegisterInput input, long invoked, long moment, long completed, Outcome outcome) {}

    RandomHistories(long seed, Shape shape) {
        this.random = new SplittableRandom(seed);
        this.shape = shape;
    }

    List<Operation<RegisterInput, RegisterOutput>> linearizable() {
        List<Planned> plan = new ArrayList<>();
        long[] free = new long[shape.clients()];
        for (int i = 0; i < shape.operations(); i++) {
            int client = random.nextInt(free.length);
            long invoked = free[client] + random.nextInt(shape.windowMax());
            long moment = invoked + random.nextInt(shape.windowMax());
            long completed = moment + random.nextInt(shape.windowMax());
            free[client] = completed;
            int dice = random.nextInt(100);
            if (dice < shape.unknownInHundred()) {
                long late = random.nextInt(4) == 0 ? random.nextInt(shape.operations() * shape.windowMax()) : 0;
                long effect = random.nextBoolean() ? moment + late : Operation.NEVER;
                plan.add(new Planned(client, input(), invoked, effect, Operation.NEVER, Outcome.UNKNOWN));
            } else if (dice >= 97) {
                plan.add(new Planned(client, input(), invoked, Operation.NEVER, completed, Outcome.FAILED));
            } else {
                plan.add(new Planned(client, input(), invoked, moment, completed, Outcome.OK));
            }
        }
        return execute(plan);
    }

    private RegisterInput input() {
        String value = value(operationsPlanned++);
        String expected = value(random.nextInt(operationsPlanned));
        return switch (random.nextInt(shape.versioned() ? 10 : 9)) {
            case 0, 1, 2, 3 -> RegisterInput.read();
            case 4, 5 -> RegisterInput.write(value);
            case 6 -> RegisterInput.remove();
            case 7 -> RegisterInput.compareAndSet(expected, value);
            case 8 -> RegisterInput.compareAndSet(null, value);
            default -> RegisterInput.replace(random.nextInt(4), value);
        };
    }

    private String value(int number) {
        return "v" + (shape.distinctValues() == 0 ? number : number % shape.distinctValues());
    }

    private List<Operation<RegisterInput, RegisterOutput>> execute(List<Planned> plan) {
        plan.sort(Comparator.comparingLong(Planned::moment));
        RegisterState state = RegisterState.ABSENT;
        List<Operation<RegisterInput, RegisterOutput>> operations = new ArrayList<>();
        for (Planned planned : plan) {
            RegisterOutput output = null;
            if (planned.moment() != Operation.NEVER) {
                RegisterInput.Transition transition = planned.input().applyTo(state);
                state = transition.state();
                output = planned.outcome() == Outcome.OK ? seen(transition.output()) : null;
            }
            operations.add(new Operation<>(
                    planned.client(),
                    KEY,
                    planned.input(),
                    planned.invoked(),
                    planned.completed(),
                    planned.outcome(),
                    output));
        }
        return operations;
    }

    private RegisterOutput seen(RegisterOutput output) {
        return shape.versioned() && random.nextInt(3) > 0 ? output : output.withoutVersion();
    }

    /** The operations with one to three things changed: an answer, a window, or an outcome. */
    List<Operation<RegisterInput, RegisterOutput>> mutated(List<Operation<RegisterInput, RegisterOutput>> operations) {
        List<Operation<RegisterInput, RegisterOutput>> mutated = new ArrayList<>(operations);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            mutated.replaceAll(operation -> random.nextInt(mutated.size()) == 0 ? mutation(operation) : operation);
        }
        return mutated;
    }

    private Operation<RegisterInput, RegisterOutput> mutation(Operation<RegisterInput, RegisterOutput> operation) {
        if (operation.outcome() != Outcome.OK) {
            return operation;
        }
        return switch (random.nextInt(5)) {
            case 0 -> with(operation, Outcome.FAILED, null, operation.invokedNanos(), operation.completedNanos());
            case 1 -> with(operation, Outcome.UNKNOWN, null, operation.invokedNanos(), Operation.NEVER);
            case 2 -> {
                long moment = random.nextLong(operation.invokedNanos(), operation.completedNanos() + 1);
                yield with(operation, Outcome.OK, operation.output(), moment, moment);
            }
            default ->
                with(
                        operation,
                        Outcome.OK,
                        otherOutput(operation),
                        operation.invokedNanos(),
                        operation.completedNanos());
        };
    }

    private static Operation<RegisterInput, RegisterOutput> with(
            Operation<RegisterInput, RegisterOutput> operation,
            Outcome outcome,
            @Nullable RegisterOutput output,
            long invoked,
            long completed) {
        return new Operation<>(
                operation.client(), operation.key(), operation.input(), invoked, completed, outcome, output);
    }

    private RegisterOutput otherOutput(Operation<RegisterInput, RegisterOutput> operation) {
        if (operation.input() instanceof RegisterInput.Read) {
            return random.nextInt(4) == 0
                    ? RegisterOutput.absent()
                    : RegisterOutput.value(value(random.nextInt(operationsPlanned)));
        }
        if (operation.output() instanceof RegisterOutput.Conflict) {
            return RegisterOutput.done();
        }
        return operation.input() instanceof RegisterInput.CompareAndSet || random.nextBoolean()
                ? RegisterOutput.conflict()
                : RegisterOutput.done(random.nextInt(5));
    }
}
