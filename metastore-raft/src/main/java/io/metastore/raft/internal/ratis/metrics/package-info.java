/**
 * Where Ratis' metrics go: nowhere at first, to Micrometer for as long as somebody bound a registry. Entry types: Ratis finds {@link
 * io.metastore.raft.internal.ratis.metrics.RatisMetricRegistries} as a service, because it does not start without one; {@link
 * io.metastore.raft.internal.ratis.metrics.RatisMeters}, to bind, is the only class here, with the sink it creates, that needs Micrometer on the class
 * path.
 *
 * <p>Threads: meters are created and read from any thread; counting costs an atomic addition, timing costs nothing while nobody is bound. Must not depend
 * on the engine or the node.
 */
@NullMarked
package io.metastore.raft.internal.ratis.metrics;

import org.jspecify.annotations.NullMarked;
