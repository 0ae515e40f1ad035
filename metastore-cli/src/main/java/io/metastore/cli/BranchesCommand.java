package io.metastore.cli;

import com.google.gson.JsonObject;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.branch.Branch;
import io.metastore.recovery.branch.Branches;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code metastore branches}: what recoveries did not take over. */
@Command(
        name = "branches",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Main.Version.class,
        description = {
            "Lists what recoveries did not take over of the journals in these directories. Changes nothing; also beside running processes.",
            "What was cut from a directory shows in itself; what others had needs the directory that went on as well."
        })
final class BranchesCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "DIRECTORY", description = "Of members, or files that --export wrote.")
    private List<Path> places = List.of();

    @Option(names = "--branch", paramLabel = "N", description = "Only the one with this number in the list.")
    private @Nullable Integer number;

    @Option(names = "--show", description = "Its entries too, with tables, keys and values.")
    private boolean show;

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description = "Writes the branch to a file; with --branch when there are several.")
    private @Nullable Path file;

    @Option(
            names = "--json",
            description = "One JSON object a line: branches, each followed by its entries with --show.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        List<Branch> all = new ArrayList<>();
        List<Path> directories = new ArrayList<>();
        for (Path place : places) {
            if (place.toFile().isFile()) {
                all.add(Branch.load(place));
            } else {
                directories.add(place);
            }
        }
        Branches found;
        try (Bar bar = Bar.onTerminal()) {
            bar.step("read " + directories);
            found = Recovery.branches(directories.toArray(Path[]::new));
        }
        all.addAll(found.list());
        if (number != null && (number < 1 || number > all.size())) {
            throw new RefusedException("no such branch: number=" + number + " branches=" + all.size());
        }
        PrintWriter out = spec.commandLine().getOut();
        boolean damaged = !found.undecided().isEmpty();
        List<Branch> chosen = number == null ? all : List.of(all.get(number - 1));
        for (Branch branch : chosen) {
            print(branch, all.indexOf(branch) + 1, out);
            damaged |= branch.facts().damage().isPresent();
        }
        found.undecided().forEach(line -> out.println(json ? undecided(line) : "not known: " + line));
        if (all.isEmpty() && !json) {
            out.println("no branches");
        }
        if (file != null) {
            export(chosen, file, out);
        }
        return damaged ? ExitCodes.DAMAGE : ExitCodes.OK;
    }

    private void print(Branch branch, int at, PrintWriter out) {
        out.println(json ? json(branch, at) : at + ": " + branch);
        if (show) {
            branch.entries(entry -> out.println(json ? JournalJson.entry(entry) : entry));
        }
    }

    private void export(List<Branch> chosen, Path target, PrintWriter out) {
        if (chosen.size() != 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--export writes one branch, there are " + chosen.size() + "; choose one with --branch");
        }
        chosen.get(0).export(target);
        if (!json) {
            out.println("exported to " + target);
        }
    }

    private static JsonObject json(Branch branch, int at) {
        JsonObject json = RecoveryJson.object("branch");
        json.addProperty("number", at);
        BranchJson.fill(json, branch);
        return json;
    }

    private static JsonObject undecided(String line) {
        JsonObject json = RecoveryJson.object("undecided");
        json.addProperty("text", line);
        return json;
    }
}
