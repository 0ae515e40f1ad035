/** What the types of this module promise, without a store behind them. */
@NullMarked
package io.metastore.api;

import org.jspecify.annotations.NullMarked;
