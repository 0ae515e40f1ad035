package io.metastore.examples;

import io.metastore.api.Codecs;
import io.metastore.api.TableDef;
import io.metastore.api.TupleCodec;
import java.util.List;
import java.util.Optional;

/** The tables of the example: what they hold, and how their keys are ordered. */
final class Catalog {

    /** A module as its descriptor declares it; exports are those to everybody. */
    record ModuleFacts(String version, boolean open, List<String> requires, List<String> exports) {}

    record PackageKey(String module, String name) {}

    /** Invariant: the sums over the class records of the package, in every snapshot, also while the catalog is being loaded. */
    record PackageTotals(boolean exported, long classes, long bytes) {

        PackageTotals plus(long moreBytes) {
            return new PackageTotals(exported, classes + 1, bytes + moreBytes);
        }
    }

    record ClassKey(String module, String name) {}

    /** A class file: its size, its version and what it says about its supertypes. Only {@code java.lang.Object} has no superclass. */
    record ClassFacts(
            long bytes, int majorVersion, boolean isInterface, Optional<String> superclass, List<String> interfaces) {}

    /** Ordered by supertype, so that the direct subtypes of a class are one range. */
    record SubtypeKey(String supertype, String subtype) {}

    enum Relation {
        EXTENDS,
        IMPLEMENTS
    }

    /** Which module the subtype is in: together with its name the key of its class record. */
    record Subtype(String module, Relation relation) {}

    /** Free text that people add to a module, line by line. */
    record Note(List<String> lines) {}

    record EditKey(String editor, long number) {}

    /** One of many small writes, for the acts in which members fail. */
    record Edit(String module, String text) {}

    /** Something large that nobody reads, for the act in which the journal has to grow. */
    static final TableDef<Long, byte[]> ATTACHMENTS = TableDef.of("attachments", Codecs.int64(), Codecs.bytes());

    static final TupleCodec<PackageKey> PACKAGE_KEY = Codecs.tuple(PackageKey.class, Codecs.utf8(), Codecs.utf8());
    static final TupleCodec<ClassKey> CLASS_KEY = Codecs.tuple(ClassKey.class, Codecs.utf8(), Codecs.utf8());
    static final TupleCodec<SubtypeKey> SUBTYPE_KEY = Codecs.tuple(SubtypeKey.class, Codecs.utf8(), Codecs.utf8());
    static final TupleCodec<EditKey> EDIT_KEY = Codecs.tuple(EditKey.class, Codecs.utf8(), Codecs.int64());

    static final TableDef<String, ModuleFacts> MODULES =
            TableDef.of("modules", Codecs.utf8(), Codecs.record(ModuleFacts.class));
    static final TableDef<PackageKey, PackageTotals> PACKAGES =
            TableDef.of("packages", PACKAGE_KEY, Codecs.record(PackageTotals.class));
    static final TableDef<ClassKey, ClassFacts> CLASSES =
            TableDef.of("classes", CLASS_KEY, Codecs.record(ClassFacts.class));
    static final TableDef<SubtypeKey, Subtype> SUBTYPES =
            TableDef.of("subtypes", SUBTYPE_KEY, Codecs.record(Subtype.class));
    static final TableDef<String, Note> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.record(Note.class));
    static final TableDef<EditKey, Edit> EDITS = TableDef.of("edits", EDIT_KEY, Codecs.record(Edit.class));

    private Catalog() {}
}
