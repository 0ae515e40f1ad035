package io.metastore.cli;

import io.metastore.recovery.Access;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.Source;
import io.metastore.recovery.Survey;
import io.metastore.recovery.SurveyedCopy;
import io.metastore.recovery.survey.Depth;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** What is surveyed: the same for all commands that survey. */
final class Copies {

    @Parameters(
            arity = "0..*",
            paramLabel = "DIRECTORY",
            description = "Directories of stopped members, as path or label=path.")
    private List<String> directories = List.of();

    @Option(
            names = "--member",
            paramLabel = "HOST:PORT",
            description = "A member that runs, here or on another host; host:port or label=host:port.")
    private List<String> members = List.of();

    @Mixin
    private Reach reach = new Reach();

    @Option(
            names = "--backup",
            paramLabel = "DIRECTORY",
            description = "Older copy of a member's directory; path or label=path.")
    private List<String> backups = List.of();

    @Option(names = "--image", paramLabel = "DIRECTORY", description = "An image alone; path or label=path.")
    private List<String> images = List.of();

    @Option(names = "--archive", paramLabel = "FILE", description = "An exported file; path or label=path.")
    private List<String> archives = List.of();

    @Option(names = "--survey", paramLabel = "FILE", description = "A survey that was saved, here or on another host.")
    private List<Path> surveys = List.of();

    @Option(names = "--full", description = "Read every block and record of states and images too.")
    private boolean full;

    boolean isEmpty() {
        return directories.isEmpty()
                && members.isEmpty()
                && backups.isEmpty()
                && images.isEmpty()
                && archives.isEmpty()
                && surveys.isEmpty();
    }

    /** Reads all of it; changes nothing. */
    Survey survey(CommandSpec spec) {
        Access access = reach.access(spec);
        List<Source> sources = new ArrayList<>();
        members.forEach(each -> sources.add(labelled(each, member(spec, each, access))));
        directories.forEach(each -> sources.add(labelled(each, Source.directory(path(each)))));
        backups.forEach(
                each -> sources.add(labelled(each, Source.directory(path(each)).asBackup())));
        images.forEach(each -> sources.add(labelled(each, Source.image(path(each)))));
        archives.forEach(each -> sources.add(labelled(each, Source.archive(path(each)))));
        if (isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Missing: at least one directory, --member or --survey");
        }
        Survey survey = new Survey(read(sources), access);
        for (Path saved : surveys) {
            survey = survey.merge(Survey.load(saved));
        }
        return survey;
    }

    /** One after the other. */
    private List<SurveyedCopy> read(List<Source> sources) {
        List<SurveyedCopy> copies = new ArrayList<>();
        try (Bar bar = Bar.onTerminal()) {
            for (Source source : sources) {
                bar.counted("survey " + source.origin().label(), copies.size(), sources.size(), "copies");
                copies.addAll(Recovery.of(source)
                        .survey(full ? Depth.FULL : Depth.QUICK)
                        .copies());
            }
        }
        return copies;
    }

    /** How a member is reached; for what else needs the token. */
    Access access(CommandSpec spec) {
        return reach.access(spec);
    }

    private static Source member(CommandSpec spec, String text, Access access) {
        try {
            return Source.member(text.substring(text.indexOf('=') + 1), access);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--member: " + e.getMessage(), e);
        }
    }

    private static Path path(String text) {
        return Path.of(text.substring(text.indexOf('=') + 1));
    }

    private static Source labelled(String text, Source source) {
        int equals = text.indexOf('=');
        return equals < 0 ? source : source.labelled(text.substring(0, equals));
    }
}
