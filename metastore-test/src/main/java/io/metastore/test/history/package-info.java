/**
 * Records what clients of a store did and saw, and decides whether it is linearizable.
 *
 * <p>Entry types: {@link io.metastore.test.history.HistoryRecorder} while a test runs, then {@link
 * io.metastore.test.history.LinearizabilityChecker} with a {@link io.metastore.test.history.Model}, usually {@link
 * io.metastore.test.history.RegisterModel}. Recorders are used by many threads; everything else is immutable or belongs to
 * the one thread that checks. Knows no store: must not depend on the API, Raft or JUnit.
 */
@NullMarked
package io.metastore.test.history;

import org.jspecify.annotations.NullMarked;
