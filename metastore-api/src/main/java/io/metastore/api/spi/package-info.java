/**
 * How {@link io.metastore.api.MetaStore#open} finds the implementation on the class or module path. Entry type: {@link
 * io.metastore.api.spi.MetaStoreProvider}. Called on the thread that opens a store. Not for applications; depends on the API only.
 */
@NullMarked
package io.metastore.api.spi;

import org.jspecify.annotations.NullMarked;
