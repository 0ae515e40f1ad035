package io.metastore.examples;

/** Where the program prints to. */
final class Terminal {

    private Terminal() {}

    /** Whether somebody watches; false when the output goes to a file or a pipe, where a bar would be noise. */
    // On JDK 22 and later a console is always there, so bars are drawn into files too; asking whether it is a
    // terminal came only then.
    @SuppressWarnings("SystemConsoleNull")
    static boolean present() {
        return System.console() != null;
    }
}
