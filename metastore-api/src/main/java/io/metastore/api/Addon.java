package io.metastore.api;

/**
 * Something another module adds to a store while it is built, such as meters or a transport for tests. Passed to {@link
 * MetaStore.Builder#with}; what it does is said where the add-on is defined. An add-on that the implementation does not know is refused.
 */
public interface Addon {

    /** Short name for messages, such as {@code micrometer}. */
    String name();
}
