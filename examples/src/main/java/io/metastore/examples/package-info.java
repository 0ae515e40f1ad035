/**
 * Programs that use the store the way an application does: only the public API, one member or several in this process.
 *
 * <p>Begin with {@link io.metastore.examples.Quickstart}, twenty lines with one member. {@link io.metastore.examples.JdkCatalog} is the long
 * one: it loads every module, package and class of the running JDK into three members and then does to them what happens in production. {@link
 * io.metastore.examples.ClusterLife} is about the members: it begins with one, grows, replaces, moves, loses and removes them.
 * Nothing here is part of the library; nothing may depend on this package.
 */
@NullMarked
package io.metastore.examples;

import org.jspecify.annotations.NullMarked;
