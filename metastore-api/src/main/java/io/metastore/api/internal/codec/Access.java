package io.metastore.api.internal.codec;

import java.lang.invoke.MethodHandles;

/** Looks into the application's classes as far as Java lets us, and says what to do where it does not. */
final class Access {

    private Access() {}

    /** Sees private members when the class's package is open to this module; otherwise public ones, if it is exported. */
    static MethodHandles.Lookup lookup(Class<?> type) {
        Access.class.getModule().addReads(type.getModule()); // A lookup into a module that is not read is refused.
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        } catch (IllegalAccessException e) {
            return MethodHandles.lookup();
        }
    }

    static IllegalArgumentException refused(Class<?> type, IllegalAccessException cause) {
        Module module = type.getModule();
        String self =
                Access.class.getModule().isNamed() ? Access.class.getModule().getName() : "ALL-UNNAMED";
        return new IllegalArgumentException(
                "no access to the class: class=" + type.getName() + " module=" + module.getName() + "; add 'opens "
                        + type.getPackageName() + " to " + self + ";' to its module-info",
                cause);
    }
}
