package io.metastore.recovery.model;

import edu.mit.csail.sdg.alloy4.A4Reporter;
import edu.mit.csail.sdg.ast.Command;
import edu.mit.csail.sdg.ast.CommandScope;
import edu.mit.csail.sdg.ast.Sig;
import edu.mit.csail.sdg.parser.CompModule;
import edu.mit.csail.sdg.parser.CompUtil;
import edu.mit.csail.sdg.translator.A4Options;
import edu.mit.csail.sdg.translator.A4Solution;
import edu.mit.csail.sdg.translator.A4Tuple;
import edu.mit.csail.sdg.translator.TranslateAlloyToKodkod;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import kodkod.engine.satlab.SATFactory;

/** A model in Alloy and its commands, run with the solver that is plain Java. For one thread. */
final class AlloyModel {
    private final CompModule module;

    private AlloyModel(CompModule module) {
        this.module = module;
    }

    /**
     * What a command found.
     *
     * @param found whether there is a behaviour: a counterexample of a check, an example of a run
     * @param behaviour what happens in it, a line for each step; empty when there is none
     * @param steps of the behaviours that were looked through
     * @param unknowns that were open: each is true or false in one of them
     * @param clauses that they had to satisfy
     * @param millis that it took
     */
    record Outcome(boolean found, List<String> behaviour, int steps, int unknowns, int clauses, long millis) {}

    /** What was given to the solver. */
    private static final class Size extends A4Reporter {
        private int steps;
        private int unknowns;
        private int clauses;

        @Override
        public void solve(int plength, int primaryVars, int totalVars, int clauses) {
            this.steps = plength;
            this.unknowns = primaryVars;
            this.clauses = clauses;
        }
    }

    /** Of a resource in this package. */
    static AlloyModel read(String name) {
        URL resource = AlloyModel.class.getResource(name);
        if (resource == null) {
            throw new IllegalArgumentException("no such model: " + name);
        }
        try {
            Path file = Path.of(resource.toURI());
            return new AlloyModel(CompUtil.parseEverything_fromFile(A4Reporter.NOP, null, file.toString()));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a file: " + resource, e);
        }
    }

    List<Command> commands() {
        return List.copyOf(module.getAllCommands());
    }

    /** The names of the signatures that extend one. */
    List<String> extensionsOf(String signature) {
        List<String> names = new ArrayList<>();
        for (Sig child : ((Sig.PrimSig) signature(signature)).children()) {
            names.add(plain(child.label));
        }
        return names;
    }

    /** How many of a signature there may be in a command; -1 when it does not say. */
    int scopeOf(String signature, Command command) {
        CommandScope scope = command.getScope(signature(signature));
        return scope == null ? -1 : scope.startingScope;
    }

    /** Of some of the signatures exactly what they are in each step is told. */
    Outcome run(Command command, List<String> told) {
        A4Options options = new A4Options();
        options.solver =
                SATFactory
                        .DEFAULT; // SAT4J. To find it by name would ask for those that are left out of the class path.
        options.noOverflow = true;
        long start = System.nanoTime();
        Size size = new Size();
        A4Solution solution =
                TranslateAlloyToKodkod.execute_command(size, module.getAllReachableSigs(), command, options);
        List<String> behaviour = new ArrayList<>();
        for (int step = 0; solution.satisfiable() && step < solution.getTraceLength(); step++) {
            behaviour.add(step(solution, step, told));
        }
        return new Outcome(
                solution.satisfiable(),
                behaviour,
                size.steps,
                size.unknowns,
                size.clauses,
                (System.nanoTime() - start) / 1_000_000);
    }

    private String step(A4Solution solution, int step, List<String> told) {
        List<String> parts = new ArrayList<>();
        for (String name : told) {
            for (A4Tuple tuple : solution.eval(signature(name), step)) {
                parts.add(tuple.atom(0));
            }
        }
        return parts.stream().map(part -> part.replace("$", "")).collect(Collectors.joining(" "));
    }

    private Sig signature(String name) {
        for (Sig sig : module.getAllReachableSigs()) {
            if (plain(sig.label).equals(name)) {
                return sig;
            }
        }
        throw new IllegalArgumentException("no such signature in the model: " + name);
    }

    private static String plain(String label) {
        return label.substring(label.lastIndexOf('/') + 1);
    }
}
