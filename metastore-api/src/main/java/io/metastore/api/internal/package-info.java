/**
 * Not API and not exported: how status is printed ({@link io.metastore.api.internal.StatusTable}). Pure functions, callable from any thread; depends on
 * the API and the JDK only.
 */
@NullMarked
package io.metastore.api.internal;

import org.jspecify.annotations.NullMarked;
